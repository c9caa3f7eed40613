// How similar two words of names are, or words that were written as one.
#pragma once

#include "names/compare.h"

namespace daftar::names {

struct WordMatch {
  double similarity = 0;
  MatchReason reason = MatchReason::kNone;
};

// Symmetric; 1 just for the same text.
WordMatch CompareSpans(const NameSpan& a, const NameSpan& b);

// How much a span tells of its name.
double SpanWeight(const NameSpan& span);

}  // namespace daftar::names
