metadata description = 'What the app needs to know of a prediction account that exists.'

@description('Name of the prediction account.')
param predictionName string

resource prediction 'Microsoft.CognitiveServices/accounts@2026-07-01' existing = {
  name: predictionName
}

@description('Endpoint of the prediction account.')
output predictionEndpoint string = prediction.properties.endpoint
