metadata description = 'Log Analytics, Application Insights that takes telemetry by identity only, and a workbook over both.'

@description('Name of the workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Name of the Application Insights component.')
@minLength(1)
@maxLength(260)
param componentName string

@description('Region of all.')
param location string

@description('Tags of all.')
param tags { *: string }

@description('Days that logs are kept.')
param logRetentionDays int

@description('Calls per second the prediction account takes; the line that quota use is drawn against.')
param accountRate int

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
    features: { disableLocalAuth: true }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'keyless-vision-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Keyless Vision'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: replace(replace(loadTextContent('workbook.json'), '__WORKSPACE__', workspace.id), '__ACCOUNT_RATE__', string(accountRate))
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Name of the workspace, once it is there.')
output workspaceName string = workspace.name

@description('Name of the component, once it is there.')
output componentName string = component.name
