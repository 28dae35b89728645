// The identity of the app itself; models that name no endpoint.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param identityKind = 'SystemAssigned'
param visionModels = { fruit: { projectId: '22222222-2222-4222-8222-222222222222', publishedName: 'fruit', task: 'classify' } }
