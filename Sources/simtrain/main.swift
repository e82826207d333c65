print("simtrain")
