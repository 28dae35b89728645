metadata description = 'Custom Vision accounts without local keys: prediction, and training where it is asked for.'

@description('Name and custom subdomain of the prediction account.')
@minLength(2)
@maxLength(64)
param predictionName string

@description('Name and custom subdomain of the training account.')
@minLength(2)
@maxLength(64)
param trainingName string

@description('Whether the training account is made.')
param makesTraining bool

@description('Tier of both accounts.')
@allowed(['F0', 'S0'])
param sku string

@description('Region of the accounts; not every region has Custom Vision.')
param location string

@description('Tags of the accounts.')
param tags { *: string }

@description('Whether the prediction account is reached by private endpoints only. Training is a portal: it stays open, to tokens.')
param networkIsolation bool

@description('Resource id of the workspace that gets the counts of calls, blocked calls and errors.')
param workspaceId string

resource prediction 'Microsoft.CognitiveServices/accounts@2026-07-01' = {
  name: predictionName
  location: location
  tags: tags
  kind: 'CustomVision.Prediction'
  sku: { name: sku }
  properties: {
    customSubDomainName: predictionName // a regional endpoint takes no tokens
    disableLocalAuth: true
    publicNetworkAccess: networkIsolation ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: networkIsolation ? 'Deny' : 'Allow' }
  }
}

resource training 'Microsoft.CognitiveServices/accounts@2026-07-01' = if (makesTraining) {
  name: trainingName
  location: location
  tags: tags
  kind: 'CustomVision.Training'
  sku: { name: sku }
  properties: {
    customSubDomainName: trainingName
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

#disable-next-line use-recent-api-versions // its stable version, of 2016, knows no AllMetrics
resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: prediction
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the prediction account.')
output predictionId string = prediction.id

@description('Name of the prediction account, once it is there.')
output predictionName string = prediction.name

@description('Endpoint of the prediction account, on its custom subdomain.')
output predictionEndpoint string = prediction.properties.endpoint

@description('Name of the training account; empty where there is none.')
output trainingName string = makesTraining ? training.name : ''

@description('Endpoint of the training account; empty where there is none.')
output trainingEndpoint string = makesTraining ? training!.properties.endpoint : ''
