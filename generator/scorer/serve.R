# Takes requests as frames on file 3, gives answers as frames on file 4 (the form is in frames.py); base R alone.
# What a model prints goes to standard error. A request that ends early ends the process.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "models.R"), local = FALSE)

requests <- file("/dev/fd/3", "rb")
answers <- file("/dev/fd/4", "wb")

take <- function(kind, n, size) {
  if (n == 0) return(if (kind == "raw") raw(0) else vector(kind, 0))
  found <- readBin(requests, kind, n, size = size, endian = "little")
  if (length(found) < n) quit(save = "no", status = 0)
  found
}
integers <- function(n = 1) take("integer", n, 4)
numbers <- function(n = 1) { found <- take("double", n, 8); found[is.nan(found)] <- NA_real_; found }
text <- function(bytes) { found <- rawToChar(bytes); Encoding(found) <- "UTF-8"; found }

texts <- function(n) {
  lengths <- integers(n)
  bytes <- take("raw", sum(pmax(lengths, 0)), 1)
  ends <- cumsum(pmax(lengths, 0))
  vapply(seq_along(lengths), function(k) {
    if (lengths[k] < 0) NA_character_ else text(bytes[seq_len(lengths[k]) + ends[k] - lengths[k]])
  }, "")
}

received <- function() {
  if (!identical(take("raw", 4, 1), charToRaw("DSR1"))) quit(save = "no", status = 9)
  out <- list()
  for (k in seq_len(integers())) {
    name <- text(take("raw", integers(), 1))
    kind <- text(take("raw", 1, 1))
    n <- numbers()
    out[[name]] <- switch(kind, d = numbers(n), i = integers(n), b = take("raw", n, 1), t = texts(n))
  }
  out
}

sent <- function(message) {
  put <- function(x, ...) writeBin(x, answers, endian = "little", ...)
  put(charToRaw("DSR1")); put(length(message), size = 4)
  for (name in names(message)) {
    value <- message[[name]]
    label <- charToRaw(enc2utf8(name))
    put(length(label), size = 4); put(label)
    put(charToRaw(if (is.character(value)) "t" else if (is.integer(value)) "i" else "d")); put(as.double(length(value)), size = 8)
    if (is.character(value)) {
      bytes <- lapply(enc2utf8(value), charToRaw)
      put(ifelse(is.na(value), -1L, lengths(bytes)), size = 4)
      for (each in bytes[!is.na(value)]) put(each)
    } else put(value, size = if (is.integer(value)) 4 else 8)
  }
  flush(answers)
}

opened <- NULL

# The version of R that wrote an object: three bytes of its head, or a number in a text.
written <- function(content) {
  head <- if (content[1] == charToRaw("X")) as.integer(content[8:10]) else {
    number <- as.integer(strsplit(rawToChar(content[1:30]), "\n")[[1]][3])
    c(number %/% 65536L, number %/% 256L %% 256L, number %% 256L)
  }
  paste(head, collapse = ".")
}

open <- function(message) {
  asked <- list(positive = message$positive, order = message$order, choice = message[["lambda choice"]],
                value = message[["lambda value"]])
  model <- unserialize(message$content)
  opened <<- model_of(model, asked)
  rows <- tryCatch(as.integer(stats::nobs(model)) + length(model$na.action), error = function(e) NULL)
  opened$levels <<- lapply(as.list(opened$levels), as.character)
  opened$levels <<- opened$levels[names(opened$levels) %in% opened$features]
  known <- names(opened$levels)
  c(list(features = opened$features, lost = as.character(opened$lost), probability = as.integer(opened$probability), gaps = 1L,
         texts = as.character(known), known = as.character(known),
         wrote = c("R", written(message$content), paste(R.version$major, R.version$minor, sep = "."))),
    if (length(rows) == 1 && !is.na(rows)) list(rows = rows),
    if (length(known)) stats::setNames(opened$levels, paste("levels", known)))
}

learn <- function(message) {
  for (name in message$columns) {
    known <- message[[paste("levels", name)]]
    opened$fits(name, known, message$rows[1])
    opened$levels[[name]] <<- known
  }
  list()
}

column <- function(message, name) {
  values <- message[[paste("=", name)]]
  coded <- message[[paste("~", name)]]
  if (is.integer(values)) values <- coded[ifelse(values < 0, NA, values + 1L)]
  if (name %in% opened$logical) return(as.logical(values))
  known <- opened$levels[[name]]
  if (is.null(known)) {
    if (is.character(values) && name %in% opened$lost) refuse(
      sprintf("the model takes texts in column %s and keeps no levels: their order decides its answers", name), "model.path", opened$strict)
    return(values)
  }
  values <- if (is.numeric(values)) ifelse(is.na(values), NA, format(values, digits = 15, trim = TRUE, drop0trailing = TRUE, scientific = FALSE)) else values
  strange <- setdiff(values[!is.na(values)], known)
  if (length(strange)) refuse(
    sprintf("column %s has levels the model was not trained on: %s", name, paste(utils::head(sort(strange), 5), collapse = ", ")),
    "model", "R itself gives no prediction for them, or a wrong one; say them under data.missing_in, or train the model on them")
  factor(values, levels = known)
}

rows_of <- function(message) {
  rows <- lapply(stats::setNames(nm = opened$features), column, message = message)
  as.data.frame(rows, optional = TRUE, stringsAsFactors = FALSE)
}

answer <- function(rows) {
  whole <- if (isTRUE(opened$whole)) stats::complete.cases(rows) else rep(TRUE, nrow(rows))
  found <- rep(NA_real_, nrow(rows))
  if (any(whole)) {
    got <- opened$answer(rows[whole, , drop = FALSE])
    if (length(got) != sum(whole)) refuse(sprintf("the model gives %d answers for %d rows", length(got), sum(whole)), "model")
    found[whole] <- got
  }
  found
}

apart <- function(a, b, near) {
  beyond <- ifelse(is.na(a) & is.na(b), 0, ifelse(is.na(a) | is.na(b), Inf, abs(a - b)))
  max(0, beyond[beyond > near * pmax(1, abs(ifelse(is.na(a), 1, a)))])
}

look <- function(message) {
  rows <- rows_of(message)
  once <- answer(rows)
  alone <- vapply(unique(c(1L, nrow(rows) %/% 2L + 1L, nrow(rows))), function(k) {
    tryCatch(apart(once[k], answer(rows[k, , drop = FALSE]), 1e-9), error = function(e) Inf)
  }, 0)
  list(changed = character(0), apart = c(apart(once, answer(rows), 0), max(alone)))
}

seconds <- function(expression) as.numeric(system.time(expression)["elapsed"])

time <- function(message) {
  rows <- rows_of(message)
  list(single = vapply(seq_len(message$calls[1]), function(k) seconds(answer(rows[(k - 1L) %% nrow(rows) + 1L, , drop = FALSE])), 0),
       batch = vapply(seq_len(message$calls[2]), function(k) seconds(answer(rows)), 0))
}

VERBS <- list(open = open, learn = learn, look = look, score = function(message) list(prediction = answer(rows_of(message))), time = time)

told <- function(error, verb) {
  if (inherits(error, "told")) return(list(verb = error$kind, told = c(conditionMessage(error), error$where, error$hint)))
  words <- strsplit(conditionMessage(error), "\n")[[1]][1]
  if (grepl("cannot allocate", words)) return(list(verb = "memory"))
  opening <- verb == "open"
  list(verb = "refused", told = c(
    sprintf("R %s: %s", if (opening) "cannot open the model" else "cannot score the rows", substr(words, 1, 300)),
    if (opening) "model.path" else "model",
    if (opening) "write it in R with saveRDS(object, file)" else "the production columns have to be those the model was trained on, with the same types"))
}

repeat {
  message <- received()
  warned <- character(0)
  found <- tryCatch(
    withCallingHandlers(c(list(verb = message$verb), VERBS[[message$verb]](message)), warning = function(w) {
      warned <<- unique(c(warned, paste("R:", strsplit(conditionMessage(w), "\n")[[1]][1])))
      invokeRestart("muffleWarning")
    }),
    error = function(e) told(e, message$verb))
  if (is.null(found$told)) found$warnings <- utils::head(warned, 20)
  sent(found)
}
