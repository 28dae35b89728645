metadata description = 'The app’s role at the prediction account, in the group of that account: the built-in one, or one of its own.'

@description('Object id of the app’s identity.')
param appPrincipalId string

@description('Name of the prediction account.')
param predictionName string

@description('CognitiveServicesUser, or Predictor: a custom role of the classify and detect actions alone.')
@allowed(['CognitiveServicesUser', 'Predictor'])
param visionRole string

var cognitiveServicesUser = 'a97b65f3-24c7-4388-baec-2e87135dc908'
var groupId = resourceGroup().id
var predictorRole = guid(groupId, 'keyless-vision-predictor')
var assignedRole = visionRole == 'Predictor' ? predictorRole : cognitiveServicesUser

resource prediction 'Microsoft.CognitiveServices/accounts@2026-07-01' existing = {
  name: predictionName
}

// Which of the two namespaces a prediction account checks is nowhere written: the role names both.
resource predictor 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (visionRole == 'Predictor') {
  name: predictorRole
  properties: {
    roleName: 'Custom Vision Predictor (${uniqueString(groupId)})' // unique within the tenant
    description: 'May send pictures to published Custom Vision models, and nothing else.'
    type: 'CustomRole'
    assignableScopes: [groupId]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.CognitiveServices/accounts/CustomVision/classify/*'
          'Microsoft.CognitiveServices/accounts/CustomVision/detect/*'
          'Microsoft.CognitiveServices/accounts/CustomVision.Prediction/classify/*'
          'Microsoft.CognitiveServices/accounts/CustomVision.Prediction/detect/*'
        ]
        notDataActions: []
      }
    ]
  }
}

resource predicting 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(prediction.id, appPrincipalId, assignedRole)
  scope: prediction
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', assignedRole)
    description: 'Predicting is a data action, which Owner and Contributor do not have.'
  }
  dependsOn: [predictor]
}
