// Overdue counts the books that are lent, at a request and once an hour.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

func main() {
	lambda.Start(func(ctx context.Context) (events.APIGatewayProxyResponse, error) {
		configuration, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return events.APIGatewayProxyResponse{}, err
		}
		table := os.Getenv("BOOKS")
		scan := &dynamodb.ScanInput{TableName: &table}
		found, err := dynamodb.NewFromConfig(configuration).Scan(ctx, scan)
		if err != nil {
			return events.APIGatewayProxyResponse{}, err
		}
		fmt.Println("lent:", found.Count)
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: fmt.Sprint(found.Count)}, nil
	})
}
