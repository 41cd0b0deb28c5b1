// Books shows a book and lends it.
package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	table = os.Getenv("BOOKS")
	days  = os.Getenv("LENDING_DAYS")
	db    *dynamodb.Client
)

func main() {
	configuration, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	db = dynamodb.NewFromConfig(configuration)
	lambda.Start(handle)
}

func handle(ctx context.Context, request events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	isbn := &types.AttributeValueMemberS{Value: request.PathParameters["isbn"]}
	if request.HTTPMethod == "PUT" {
		member := request.RequestContext.Authorizer["member"].(string)
		n, err := strconv.Atoi(days)
		if err != nil {
			return events.APIGatewayProxyResponse{}, err
		}
		_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			"isbn": isbn, "member": &types.AttributeValueMemberS{Value: member},
			"due": &types.AttributeValueMemberS{Value: time.Now().AddDate(0, 0, n).Format(time.DateOnly)},
		}})
		return answer(201, map[string]string{"lent_to": member}), err
	}
	found, err := db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{"isbn": isbn}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return events.APIGatewayProxyResponse{}, err
	}
	member, lent := found.Item["member"].(*types.AttributeValueMemberS)
	if !lent {
		return answer(404, map[string]string{"message": "on the shelf"}), nil
	}
	return answer(200, map[string]string{"lent_to": member.Value}), nil
}

func answer(status int, body any) events.APIGatewayProxyResponse {
	text, _ := json.Marshal(body)
	return events.APIGatewayProxyResponse{
		StatusCode: status, Headers: map[string]string{"Content-Type": "application/json"}, Body: string(text),
	}
}
