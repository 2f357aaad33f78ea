# An R object -> how it is asked: its columns, the levels it knows, whether it gives probabilities, and its answer.
# Each kind is a list: features, levels (by column), classes (of a classifier, else NULL), whole (TRUE where rows with
# missing values have to be left out), lost (columns whose texts have no known levels) and, if there are any, strict (the
# way on without them) and fits (stops where the levels of training rows cannot be those of the model), answer(rows).

refuse <- function(what, where = "model.path", hint = EXPORT, kind = "refused")
  stop(structure(class = c("told", "error", "condition"),
                 list(message = what, call = NULL, where = where, hint = hint, kind = kind)))

EXPORT <- "export R's own predictions as a column of the data and name it under data.prediction"
PROBABLE <- "fit it for probabilities, or export the probability of one class as data.prediction"
NAMED <- "fit it on a data frame, or on a matrix with column names"

place_of <- function(classes, wanted) {
  if (length(classes) != 2) {
    listed <- paste(utils::head(classes, 8), collapse = ", ")
    refuse(sprintf("the model tells %d classes apart, not two: %s", length(classes), listed), hint = PROBABLE)
  }
  plain <- function(x) switch(tolower(x), "true" = "1", "false" = "0", x)
  if (is.na(wanted)) return(2L)
  found <- which(classes == wanted)
  if (!length(found)) found <- which(vapply(classes, plain, "") == plain(wanted))
  if (!length(found)) refuse(
    sprintf("the model knows no class %s: its classes are %s and %s", wanted, classes[1], classes[2]),
    "model.positive_class", "name the one whose probability is the prediction")
  found[1]
}

chosen <- function(second, place) if (place == 2L) second else 1 - second

variables <- function(terms, more = NULL) unique(c(all.vars(stats::delete.response(terms)), all.vars(more)))

two_of <- function(m) {
  response <- tryCatch(stats::model.response(stats::model.frame(m)), error = function(e) NULL)
  if (is.factor(response)) levels(response) else c("0", "1")
}

of_linear <- function(m, wanted) {
  family <- if (inherits(m, "glm")) m$family$family else "gaussian"
  binary <- family %in% c("binomial", "quasibinomial")
  if (inherits(m, "mlm")) refuse("the model predicts several outcomes at once")
  place <- if (binary) place_of(two_of(m), wanted) else 2L
  known <- if (is.null(m$var.summary)) list() else Filter(Negate(is.null), lapply(m$var.summary, levels))
  named <- names(m$xlevels) %in% variables(m$terms)
  list(features = if (is.null(m$pred.formula)) variables(m$terms, m$call$offset) else all.vars(m$pred.formula),
       levels = c(m$xlevels[named], known[setdiff(names(known), names(m$xlevels))]),
       logical = names(which(attr(m$terms, "dataClasses") == "logical")), probability = binary,
       answer = function(rows) {
         found <- as.numeric(stats::predict(m, newdata = rows, type = "response"))
         if (binary) chosen(found, place) else found
       })
}

# Letters alone tell the places of levels: R puts them in order by the language of its time, which no file tells.
ordered_alike <- function(name, known) {
  plain <- gsub("[^a-z0-9]", "", tolower(iconv(known, "UTF-8", "ASCII//TRANSLIT", sub = "")))
  alike <- !anyDuplicated(plain) && identical(order(plain, method = "radix"), seq_along(known))
  if (!alike) refuse(sprintf("the model keeps no levels of %s, and their order depends on the language R was set to", name),
                     "model.path", ORDERED)
}

ORDERED <- "fit it with respect.unordered.factors = \"order\", which keeps the levels"

of_ranger <- function(m, wanted) {
  if (m$treetype == "Classification") refuse("the forest gives classes, no probabilities",
                                             hint = "fit it with ranger(..., probability = TRUE)")
  if (!m$treetype %in% c("Regression", "Probability estimation")) refuse(paste("the forest is one for", m$treetype))
  binary <- m$treetype == "Probability estimation"
  names <- m$forest$independent.variable.names
  classes <- if (binary) m$forest$levels
  if (binary && is.null(classes)) classes <- as.character(m$forest$class.values)
  if (binary) wanted <- classes[place_of(classes, wanted)]
  kept <- Filter(Negate(is.null), m$forest$covariate.levels)
  list(features = names, levels = kept, probability = binary, whole = TRUE, lost = setdiff(names, names(kept)),
       strict = paste(ORDERED, "or name the rows it was trained on under data.reference (init: --reference FILE)", sep = ", "),
       fits = function(name, known, rows) {
         if (rows != m$num.samples) refuse(
           sprintf("the forest was trained on %d rows, and %d are named as those of training", m$num.samples, rows),
           "data.reference", "name all rows that it was trained on: their levels are its own")
         ordered_alike(name, known)
       },
       answer = function(rows) {
         found <- stats::predict(m, data = rows, num.threads = 1)$predictions
         if (binary) matrix(found, nrow(rows), dimnames = dimnames(found))[, wanted] else as.numeric(found)
       })
}

of_random_forest <- function(m, wanted) {
  binary <- m$type == "classification"
  if (!m$type %in% c("classification", "regression")) refuse(paste("the forest is of type", m$type))
  if (binary) wanted <- m$classes[place_of(m$classes, wanted)]
  known <- m$forest$xlevels
  list(features = names(known), levels = Filter(is.character, known), probability = binary, whole = TRUE,
       answer = function(rows) {
         if (binary) return(as.numeric(stats::predict(m, rows, type = "prob")[, wanted]))
         as.numeric(stats::predict(m, rows))
       })
}

of_gbm <- function(m, wanted) {
  kind <- m$distribution$name
  if (kind %in% c("multinomial", "coxph", "pairwise")) refuse(paste("the model is fitted for", kind))
  binary <- kind %in% c("bernoulli", "adaboost", "huberized")
  place <- if (binary) place_of(c("0", "1"), wanted) else 2L
  factors <- m$var.type > 0
  list(features = m$var.names, levels = stats::setNames(m$var.levels, m$var.names)[factors], probability = binary,
       answer = function(rows) {
         found <- as.numeric(stats::predict(m, rows, n.trees = m$n.trees, type = "response"))
         if (binary) chosen(found, place) else found
       })
}

of_rpart <- function(m, wanted) {
  binary <- m$method == "class"
  classes <- attr(m, "ylevels")
  if (binary) wanted <- classes[place_of(classes, wanted)]
  list(features = variables(m$terms), levels = attr(m, "xlevels"), probability = binary,
       answer = function(rows) {
         if (binary) as.numeric(stats::predict(m, rows, type = "prob")[, wanted]) else as.numeric(stats::predict(m, rows))
       })
}

of_glmnet <- function(m, wanted, asked) {
  fit <- if (inherits(m, "cv.glmnet")) m$glmnet.fit else m
  kind <- intersect(c("elnet", "lognet", "fishnet", "glmnetfit"), class(fit))
  if (!length(kind)) refuse(paste("R objects of class", paste(class(fit), collapse = " "), "give no number a row"))
  if (isTRUE(fit$offset)) refuse("the model was fitted with an offset")
  names <- rownames(fit$beta)
  if (!length(names) || all(grepl("^V[0-9]+$", names))) names <- asked$order
  if (length(names) != nrow(fit$beta)) refuse("the model does not know its columns by name", hint = NAMED)
  binary <- kind[1] == "lognet"
  place <- if (binary) place_of(as.character(fit$classnames), wanted) else 2L
  s <- penalty(m, fit, asked)
  list(features = names, levels = list(), probability = binary, whole = TRUE,
       answer = function(rows) {
         found <- as.numeric(stats::predict(m, as.matrix(rows), s = s, type = "response"))
         if (binary) chosen(found, place) else found
       })
}

penalty <- function(m, fit, asked) {
  if (length(asked$value)) return(asked$value)
  if (inherits(m, "cv.glmnet")) return(if (is.na(asked$choice)) "lambda.1se" else asked$choice)
  if (length(fit$lambda) == 1) return(fit$lambda)
  refuse(sprintf("the model holds %d values of lambda, and none is chosen", length(fit$lambda)), "model.lambda_value",
         sprintf("give one between %.6g and %.6g (init: --penalty VALUE)", min(fit$lambda), max(fit$lambda)))
}

of_nnet <- function(m, wanted) {
  if (is.null(m$terms)) refuse("the network does not know its columns by name", hint = NAMED)
  binary <- length(m$lev) > 0
  place <- if (binary) place_of(m$lev, wanted) else 2L
  list(features = variables(m$terms), levels = m$xlevels, probability = binary,
       answer = function(rows) {
         found <- as.numeric(stats::predict(m, rows, type = "raw"))
         if (binary) chosen(found, place) else found
       })
}

of_caret <- function(m, wanted) {
  binary <- m$modelType == "Classification"
  if (binary && is.null(m$modelInfo$prob)) refuse("the model gives classes, no probabilities", hint = PROBABLE)
  if (binary) wanted <- m$levels[place_of(as.character(m$levels), wanted)]
  names <- if (is.null(m$terms)) setdiff(names(m$trainingData), ".outcome") else variables(m$terms)
  if (!length(names)) refuse("the model does not know its columns by name", hint = "train it with returnData = TRUE")
  kept <- if (is.null(m$terms)) Filter(Negate(is.null), lapply(m$trainingData[names], levels)) else m$xlevels
  texts <- if (is.null(m$terms)) names[vapply(m$trainingData[names], is.character, NA)]
  own <- lapply(stats::setNames(nm = texts), function(name) sort(unique(m$trainingData[[name]]), method = "radix"))
  for (name in texts) ordered_alike(name, own[[name]])
  list(features = names, levels = c(kept, own), probability = binary, whole = TRUE,
       answer = function(rows) {
         if (binary) return(as.numeric(stats::predict(m, rows, type = "prob")[[wanted]]))
         as.numeric(stats::predict(m, rows, type = "raw"))
       })
}

PACKAGES <- c(train = "caret", cv.glmnet = "glmnet", glmnet = "glmnet", ranger = "ranger", randomForest = "randomForest",
              gbm = "gbm", rpart = "rpart", gam = "mgcv", nnet = "nnet", glm = "stats", lm = "stats")

model_of <- function(m, asked) {
  kind <- Filter(function(name) inherits(m, name), names(PACKAGES))
  if (!length(kind)) refuse(paste("R objects of class", paste(class(m), collapse = " "), "cannot be asked here"))
  package <- PACKAGES[[kind[1]]]
  if (!requireNamespace(package, quietly = TRUE)) refuse(
    paste("the R here lacks the package", package), hint = sprintf("install it: Rscript -e 'install.packages(\"%s\")'", package),
    kind = "lacks")
  wanted <- asked$positive
  switch(kind[1], train = of_caret(m, wanted), cv.glmnet = , glmnet = of_glmnet(m, wanted, asked),
         ranger = of_ranger(m, wanted), randomForest = of_random_forest(m, wanted), gbm = of_gbm(m, wanted),
         rpart = of_rpart(m, wanted), nnet = of_nnet(m, wanted), of_linear(m, wanted))
}
