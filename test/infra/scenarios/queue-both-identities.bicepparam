// Both identities, delivery by queue, instances that are ready, several zones, telemetry, and a deployer.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param identityKind = 'SystemAssigned,UserAssigned'
param eventDelivery = 'queue'
param visionPredictionUrl = 'https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/22222222-2222-4222-8222-222222222222/classify/iterations/fruit/image'
param alwaysReadyInstances = 2
param zoneRedundant = true
param telemetry = 'monitor'
param deployerPrincipalId = '44444444-4444-4444-8444-444444444444'
