metadata description = 'Azure Communication Services without keys, with a mail domain of Azure or of your own.'

@description('Name of the service; unique in all of Azure.')
@minLength(1)
@maxLength(63)
param name string

@description('Domain of your own; empty: one of Azure.')
param customDomain string

@description('Whether the domain of your own is verified; only then can it be linked.')
param customDomainVerified bool

@description('Where data lies at rest.')
param dataLocation string

@description('Tags of the services.')
param tags { *: string }

resource emailService 'Microsoft.Communication/emailServices@2026-03-18' = {
  name: name
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }
}

resource domain 'Microsoft.Communication/emailServices/domains@2026-03-18' = {
  parent: emailService
  name: empty(customDomain) ? 'AzureManagedDomain' : customDomain
  location: 'global'
  tags: tags
  properties: { domainManagement: empty(customDomain) ? 'AzureManaged' : 'CustomerManaged' }
}

resource service 'Microsoft.Communication/communicationServices@2026-03-18' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    linkedDomains: empty(customDomain) || customDomainVerified ? [domain.id] : []
    disableLocalAuth: true
  }
}

@description('Name of the service, once it is there.')
output name string = service.name

@description('Address of the service.')
output endpoint string = 'https://${service.properties.hostName}'

@description('Sender of mail.')
output sender string = 'DoNotReply@${domain.properties.mailFromSenderDomain}'
