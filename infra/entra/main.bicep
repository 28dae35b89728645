targetScope = 'subscription'

extension microsoftGraphV1

metadata description = 'The app registration of the HTTP API: app roles for applications, and who has them. The deployer needs rights in the directory.'

@description('Name of the azd environment that the API belongs to.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Object ids of the service principals (managed identities) that may predict.')
param predictCallers string[] = []

@description('Object ids of the service principals (managed identities) that may read documents.')
param readCallers string[] = []

var uniqueName = 'keyless-vision-${uniqueString(subscription().id, environmentName)}'
var predictRole = guid(uniqueName, 'Images.Predict')
var readRole = guid(uniqueName, 'Predictions.Read')

resource api 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'Keyless Vision (${environmentName})'
  signInAudience: 'AzureADMyOrg'
  // with the tenant in it: a URI of the application's own id could be set by a second deployment only
  identifierUris: ['api://${tenant().tenantId}/${uniqueName}']
  api: { requestedAccessTokenVersion: 2 }
  appRoles: [
    {
      id: predictRole
      value: 'Images.Predict'
      displayName: 'Predict pictures'
      description: 'May post pictures and get their predictions.'
      isEnabled: true
      allowedMemberTypes: ['Application']
    }
    {
      id: readRole
      value: 'Predictions.Read'
      displayName: 'Read prediction documents'
      description: 'May read and list the documents of dropped pictures.'
      isEnabled: true
      allowedMemberTypes: ['Application']
    }
  ]
}

resource servicePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: api.appId
}

resource mayPredict 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for caller in predictCallers: {
    principalId: caller
    resourceId: servicePrincipal.id
    appRoleId: predictRole
  }
]

resource mayRead 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for caller in readCallers: {
    principalId: caller
    resourceId: servicePrincipal.id
    appRoleId: readRole
  }
]

@description('Client id: what tokens are for. azd env set ENTRA_AUDIENCE <this>')
output ENTRA_AUDIENCE string = api.appId

@description('App ID URI: callers ask for <this>/.default')
output APP_ID_URI string = 'api://${tenant().tenantId}/${uniqueName}'

@description('Object id of the API’s service principal, for later grants.')
output SERVICE_PRINCIPAL_ID string = servicePrincipal.id
