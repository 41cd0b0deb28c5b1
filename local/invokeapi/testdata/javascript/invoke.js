// Calls Lambda's API at the address in argv, as an operator's program does, and prints what came of it as JSON.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const client = new LambdaClient({
  endpoint: process.argv[2],
  region: 'eu-central-1',
  maxAttempts: 1,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
});

/** What the SDK makes of one call. */
async function invoke(input) {
  try {
    const answer = await client.send(new InvokeCommand(input));
    return {
      status: answer.StatusCode,
      error: answer.FunctionError,
      version: answer.ExecutedVersion,
      payload: answer.Payload && new TextDecoder().decode(answer.Payload),
      logs: answer.LogResult && atob(answer.LogResult),
      requestId: answer.$metadata.requestId,
    };
  } catch (error) {
    return { name: error.name, message: error.message, reason: error.Reason, status: error.$metadata?.httpStatusCode };
  }
}

const answers = [];
for (const input of JSON.parse(process.argv[3])) answers.push(await invoke(input));
console.log(JSON.stringify(answers));
