// The worked example of docs/format.md: its schema, its record and the bytes they become.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "record/message.h"

namespace daftar::testing {

// The text of the fenced block of docs/format.md whose opening line is "```" and `label`. Throws
// when there is none.
std::string DocsBlock(std::string_view label);

// All blocks labelled "hex <name>", by name, without comments ("# …" to the end of a line) and
// white space.
std::map<std::string, std::string> DocsHexBlocks();

// The continuation of the example, as text.
std::string ExampleContinuation();

// What the engine makes of the example, under the names that the blocks have.
std::map<std::string, std::string> EngineBytes();

}  // namespace daftar::testing
