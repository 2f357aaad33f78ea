# Fits the models that the tests ask, and writes each with what R itself answers: folder, then the names of models.
suppressWarnings(RNGversion("4.0.0")); set.seed(7)
folder <- commandArgs(TRUE)[1]
d <- read.csv(file.path(folder, "rows.csv"), stringsAsFactors = TRUE)
d$y <- as.integer(d$sold == "yes")
x <- as.matrix(d[, c("cost", "clicks")])
alone <- caret::trainControl(method = "none")
models <- list(
  lm_poly = list(quote(lm(price ~ poly(cost, 2) * city + I(clicks^2) + log(cost), d)), "response"),
  glm_factor = list(quote(glm(sold ~ cost + city, binomial, d)), "response"),
  glm_poisson = list(quote(glm(clicks ~ cost + city + offset(log(cost)), poisson, d)), "response"),
  gam = list(quote(mgcv::gam(sold ~ s(cost) + city, binomial, d)), "response"),
  rpart = list(quote(rpart::rpart(sold ~ cost + clicks + city, d)), "prob"),
  random_forest = list(quote(randomForest::randomForest(price ~ cost + clicks + city, d, ntree = 20)), "response"),
  random_forest_classes = list(quote(randomForest::randomForest(sold ~ cost + clicks + city, d, ntree = 20)), "prob"),
  ranger = list(quote(ranger::ranger(price ~ cost + clicks, d, num.trees = 20)), "ranger"),
  ranger_levels = list(quote(ranger::ranger(sold ~ cost + city, d, num.trees = 20, probability = TRUE,
                                            respect.unordered.factors = "order")), "ranger"),
  gbm = list(quote(gbm::gbm(y ~ cost + clicks + city, "bernoulli", d, n.trees = 30)), "gbm"),
  cv_glmnet = list(quote(glmnet::cv.glmnet(x, d$sold, family = "binomial")), "glmnet"),
  caret_glm = list(quote(caret::train(sold ~ cost + city, d, method = "glm", trControl = alone)), "prob"),
  nnet = list(quote(nnet::nnet(sold ~ cost + clicks, d, size = 2, trace = FALSE)), "raw"),
  ranger_bare = list(quote(ranger::ranger(price ~ cost + city, d, num.trees = 5)), "ranger"),
  ranger_classes = list(quote(ranger::ranger(sold ~ cost, d, num.trees = 5)), NULL),
  three = list(quote(rpart::rpart(city ~ cost + clicks, d)), NULL),
  kmeans = list(quote(kmeans(x, 3)), NULL))
found <- data.frame(row = seq_len(nrow(d)))
for (name in names(models)) {
  made <- suppressWarnings(eval(models[[name]][[1]]))
  saveRDS(made, file.path(folder, paste0(name, ".rds")))
  kind <- models[[name]][[2]]
  if (is.null(kind)) next
  answer <- switch(kind,
    ranger = predict(made, d)$predictions, gbm = predict(made, d, n.trees = 30, type = "response"),
    glmnet = predict(made, x, s = "lambda.1se", type = "response"), predict(made, d, type = kind))
  found[[name]] <- as.numeric(if (NCOL(answer) == 1) answer else answer[, "yes"])
}
write.csv(format(found, digits = 17), file.path(folder, "answers.csv"), row.names = FALSE)
