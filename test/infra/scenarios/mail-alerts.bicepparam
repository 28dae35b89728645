// Mail, alerts, the free tier, other names, and pictures and documents that are deleted some day.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param mail = true
param alertEmail = 'operator@example.org'
param visionSku = 'F0'
param accountRate = 2
param instanceRate = 1
param nodeVersion = '22'
param instanceMemoryMB = 4096
param imagesContainer = 'pictures-in'
param predictionsContainer = 'documents-out'
param visionPredictionUrl = 'https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/22222222-2222-4222-8222-222222222222/classify/iterations/fruit/image'
param pictureRetentionDays = 180
param documentRetentionDays = 365
param logRetentionDays = 90
