metadata description = 'The user-assigned identity of the app: made, or one that exists.'

@description('Name of the identity to make.')
param name string

@description('Region of the identity.')
param location string

@description('Tags of the identity.')
param tags { *: string }

@description('Resource id of an identity that exists. Empty: one is made.')
param existingIdentityId string

resource made 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (empty(existingIdentityId)) {
  name: name
  location: location
  tags: tags
}

resource existingIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = if (!empty(existingIdentityId)) {
  name: empty(existingIdentityId) ? name : last(split(existingIdentityId, '/'))
  scope: resourceGroup(empty(existingIdentityId) ? subscription().subscriptionId : split(existingIdentityId, '/')[2], empty(existingIdentityId) ? resourceGroup().name : split(existingIdentityId, '/')[4])
}

@description('Resource id of the identity.')
output id string = empty(existingIdentityId) ? made.id : existingIdentity.id

@description('Client id: what the app and the host name it by.')
output clientId string = empty(existingIdentityId) ? made!.properties.clientId : existingIdentity!.properties.clientId

@description('Object id: what roles are assigned to.')
output principalId string = empty(existingIdentityId) ? made!.properties.principalId : existingIdentity!.properties.principalId
