package engine

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxBinary bounds what extract writes: the binary is 8 MB, so ten times that is a bomb.
const maxBinary = 80 << 20

// verify compares a file with an integrity in Subresource Integrity form, as npm states it ("sha512-" and base64).
func verify(file, integrity string) error {
	want, found := strings.CutPrefix(integrity, "sha512-")
	if !found {
		return fmt.Errorf("integrity %q is not a SHA-512", integrity)
	}
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer opened.Close()
	hash := sha512.New()
	if _, err := io.Copy(hash, opened); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("its SHA-512 is %s, expected %s", got, want)
	}
	return nil
}

// extract writes the one file package/<name> of an npm tarball into a folder, executable and synced to disk. No
// other name of the archive is ever used as a path.
func extract(tarball, name, into string) (string, error) {
	opened, err := os.Open(tarball)
	if err != nil {
		return "", err
	}
	defer opened.Close()
	plain, err := gzip.NewReader(opened)
	if err != nil {
		return "", err
	}
	archive := tar.NewReader(plain)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("it holds no file %s", name)
		}
		if err != nil {
			return "", err
		}
		if header.Typeflag == tar.TypeReg && header.Name == "package/"+name {
			return write(archive, filepath.Join(into, name))
		}
	}
}

func write(source io.Reader, path string) (string, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return "", err
	}
	written, err := io.Copy(file, io.LimitReader(source, maxBinary))
	if err == nil && written == maxBinary {
		err = errors.New("it is larger than any release")
	}
	return path, errors.Join(err, file.Sync(), file.Close())
}
