// JSON text to JsonValue.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "record/json_value.h"

namespace daftar::record {

struct JsonParseOptions {
  // Skips `// …` and `/* … */`: for files that people write.
  bool allow_comments = false;
  // Where the text begins in its file, for messages. Columns count characters from 1.
  uint64_t line = 1;
  uint64_t column = 1;
};

// Parses one value that fills the whole text but for white space around it. Strict RFC 8259: no
// byte order mark, no NUL byte, no lone surrogate, at most kJsonDepthMax levels of arrays and
// objects; numbers beyond the range of a double are refused.
// Errors: InvalidArgument "JSON does not parse; line=3; column=14; cause=…".
absl::StatusOr<JsonValue> ParseJson(std::string_view text, const JsonParseOptions& options = {});

// Moves `line` and `column` over `text`: a line feed begins a line, columns count characters.
void AdvancePosition(std::string_view text, uint64_t* line, uint64_t* column);

}  // namespace daftar::record
