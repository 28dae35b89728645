metadata description = 'Alerts by mail: failed documents, the poison queue, refused calls, tokens, slow answers, and whoever could not be told.'

@description('Name of the action group.')
@minLength(1)
@maxLength(260)
param actionGroupName string

@description('Where mail goes.')
param email string

@description('Workspace with the logs and the metrics.')
param workspaceName string

@description('Account of the pictures, with the poison queue.')
param imageStorageName string

@description('Whether the app tells others (NOTIFY).')
param notifies bool

@description('End of the alerts’ names.')
param suffix string

@description('Region of the log alerts: the one of the workspace.')
param location string

@description('Tags of all.')
param tags { *: string }

@description('Messages in all queues of the account: what waits, and what was given up on.')
@minValue(1)
param mostQueuedMessages int = 1000

@description('Percent of calls that the prediction account may refuse for its rate.')
@minValue(1)
@maxValue(100)
param mostBlockedPercent int = 5

@description('Milliseconds within which 95 of 100 callers get their answer.')
@minValue(1)
param slowestAnswerMs int = 10000

var notifyAlerts = notifies
  ? [
      {
        name: 'not-told'
        title: 'Somebody could not be told of a document (NOTIFY)'
        query: loadTextContent('alerts/not-told.kql')
        column: 'lines'
        threshold: 0
        severity: 2
      }
    ]
  : []
var logAlerts = [
  {
    name: 'failed-documents'
    title: 'Pictures end in failed documents'
    query: loadTextContent('alerts/failed-documents.kql')
    column: 'pictures'
    threshold: 0
    severity: 2
  }
  {
    name: 'given-up'
    title: 'Pictures come to the poison queue'
    query: loadTextContent('alerts/given-up.kql')
    column: 'messages'
    threshold: 0
    severity: 2
  }
  {
    name: 'blocked-calls'
    title: 'The prediction account refuses calls for its rate (429)'
    query: loadTextContent('alerts/blocked-calls.kql')
    column: 'percent'
    threshold: mostBlockedPercent
    severity: 3
  }
  {
    name: 'token-failures'
    title: 'Tokens are refused or cannot be had'
    query: loadTextContent('alerts/token-failures.kql')
    column: 'lines'
    threshold: 0
    severity: 1
  }
  {
    name: 'slow-answers'
    title: 'Callers wait'
    query: loadTextContent('alerts/slow-answers.kql')
    column: 'p95'
    threshold: slowestAnswerMs
    severity: 3
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspaceName
}

resource images 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: imageStorageName
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2026-04-01' existing = {
  parent: images
  name: 'default'
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'vision'
    enabled: true
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in concat(logAlerts, notifyAlerts): {
    name: '${alert.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.title
      severity: alert.severity
      enabled: true
      scopes: [workspace.id]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT15M'
      autoMitigate: true
      skipQueryValidation: true // the tables are there only after the first telemetry
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: alert.column
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [actionGroup.id] }
    }
  }
]

resource queuedMessages 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'queued-messages-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages pile up in the queues of the account of the pictures: waiting events, and the poison queue.'
    severity: 2
    enabled: true
    scopes: [queueService.id]
    evaluationFrequency: 'PT1H' // storage measures it once an hour
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'messages'
          metricNamespace: 'Microsoft.Storage/storageAccounts/queueServices'
          metricName: 'QueueMessageCount'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: mostQueuedMessages
        }
      ]
    }
    actions: [{ actionGroupId: actionGroup.id }]
  }
}
