// An identity and accounts that exist, in another group; the custom role; nothing is ever deleted.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param existingIdentityId = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ours'
param predictionAccountId = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shared/providers/Microsoft.CognitiveServices/accounts/fruit'
param visionModels = { boxes: { projectId: '22222222-2222-4222-8222-222222222222', publishedName: 'boxes', task: 'detect', rate: 2 } }
param visionRole = 'Predictor'
param claimRetentionDays = 0
param deadLetterRetentionDays = 0
