// What azd up makes where nothing is set but the model.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param visionPredictionUrl = 'https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/22222222-2222-4222-8222-222222222222/classify/iterations/fruit/image'
