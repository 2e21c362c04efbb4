// The macros of core/error.h for coroutines.
#pragma once

#include "core/error.h"

// Ends the enclosing coroutine with the error of a failed Result.
#define SIGHTLINE_CO_RETURN_IF_ERROR(expression)                        \
  do {                                                                  \
    if (auto sightline_status = (expression); !sightline_status) {      \
      co_return sightline_status.error();                               \
    }                                                                   \
  } while (false)

// Declares `variable` from a Result, or ends the coroutine with its error.
#define SIGHTLINE_CO_ASSIGN(variable, expression) \
  SIGHTLINE_CO_ASSIGN_INNER(SIGHTLINE_CONCAT(sightline_result_, __LINE__), variable, expression)
#define SIGHTLINE_CO_ASSIGN_INNER(result, variable, expression) \
  auto result = (expression);                                   \
  if (!result) co_return result.error();                        \
  variable = std::move(*result)
