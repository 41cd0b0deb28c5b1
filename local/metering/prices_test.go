package metering

// price is a list price of AWS in US East (N. Virginia), us-east-1, in US dollars, without taxes, free tiers and discounts.
// The pages were read on 2026-11-22, as copies kept by others: AWS's live price pages could not be asked.
type price struct {
	what   string
	usd    float64
	per    string
	each   float64 // how many of the unit that stands in per
	source string  // where it was read
	dated  string  // what that page says of its own age
}

var (
	gatewayRequest = price{"API Gateway, REST, the first 333 million a month", 3.50, "million requests", 1e6,
		"https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html", "AWS's own, undated"}
	lambdaRequest = price{"Lambda, requests", 0.20, "million requests", 1e6,
		"https://wring.co/blog/aws-lambda-pricing-guide", "2026-03-08"}
	lambdaCompute = price{"Lambda, arm64, the first 7.5 billion GB-s a month", 0.0000133334, "GB-s", 1,
		"https://wring.co/blog/aws-lambda-pricing-guide", "2026-03-08"}
	readUnit = price{"DynamoDB on demand, read request units", 0.125, "million", 1e6,
		"https://airbyte.com/data-engineering-resources/dynamodb-pricing", "2025-07-21, after the halving of 2024-11-01"}
	writeUnit = price{"DynamoDB on demand, write request units", 0.625, "million", 1e6,
		"https://airbyte.com/data-engineering-resources/dynamodb-pricing", "2025-07-21, after the halving of 2024-11-01"}
	tableStorage = price{"DynamoDB, storage (25 GB are free)", 0.25, "GB and month", 1,
		"https://aws.amazon.com/dynamodb/pricing/", "AWS's own, an undated copy"}
	recovery = price{"DynamoDB, point-in-time recovery", 0.20, "GB and month", 1,
		"https://finops.com.py/services/dynamodb/backups", "undated"}
	logBytes = price{"CloudWatch Logs, ingestion, the first 10 TB a month", 0.50, "GB", 1e9,
		"https://c3x.dev/blog/cloudwatch-logs-cost-optimization", "June 2026"}
	logStorage = price{"CloudWatch Logs, storage, compressed", 0.03, "GB and month", 1,
		"https://c3x.dev/blog/cloudwatch-logs-cost-optimization", "June 2026"}
	customMetric = price{"CloudWatch, custom metric, the first 10,000", 0.30, "month", 1,
		"https://signoz.io/guides/cloudwatch-pricing", "2026-02-15"}
	alarmMetric = price{"CloudWatch, alarm, each metric that it watches", 0.10, "month", 1,
		"https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm", "undated"}
	dashboard = price{"CloudWatch, dashboard", 3.00, "month", 1,
		"https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/", "2026-06-13"}
	trace = price{"X-Ray, traces recorded (100,000 a month are free)", 5.00, "million", 1e6,
		"https://aws.amazon.com/xray/pricing/", "AWS's own, an undated copy"}
	dataOut = price{"Data out to the internet, the first 10 TB (100 GB are free)", 0.09, "GB", 1e9,
		"https://wring.co/blog/aws-data-transfer-pricing-guide", "2026-03-08"}
	webACL  = price{"WAF, web ACL", 5.00, "month", 1, "https://c3x.dev/blog/aws-waf-cost-explained/", "undated, of 2026"}
	wafRule = price{"WAF, rule or managed rule group", 1.00, "month", 1,
		"https://c3x.dev/blog/aws-waf-cost-explained/", "undated; that a group counts as one rule: aws.github.io/aws-security-services-best-practices/guides/waf"}
	wafRequest = price{"WAF, requests inspected", 0.60, "million requests", 1e6, "https://c3x.dev/blog/aws-waf-cost-explained/", "undated, of 2026"}
)

var prices = []price{
	gatewayRequest, lambdaRequest, lambdaCompute, readUnit, writeUnit, tableStorage, recovery, logBytes, logStorage,
	customMetric, alarmMetric, dashboard, trace, dataOut, webACL, wafRule, wafRequest,
}

// of is what an amount costs.
func (p price) of(amount float64) float64 { return amount * p.usd / p.each }
