// Numbers and codes as people write them, and their one canonical form.
//
// Every function is pure and may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "identifier/scheme.h"

namespace daftar::identifier {

// The form to store and to compare: ASCII, upper case, without separators but for the hyphen of
// ISO 3166-2. Reads Persian and Arabic-Indic digits, lower case, and spaces, hyphens, dots and ZWNJ
// between characters. Canonical forms are read as themselves. families.h says for each scheme what
// is checked, and by which source.
// Errors: InvalidArgument with one sentence on what is wrong: "the check digits do not fit the rest
// of the number; found=08; expected=09; scheme=lei". The number itself is not repeated.
absl::StatusOr<std::string> Canonical(Scheme scheme, std::string_view text);

// The canonical form as people write it: "PK36 SCBL 0000 …", "12345-1234567-1", "IR THR",
// "8471.30". Canonical reads it back. Requires: `canonical` is from Canonical(scheme, …).
std::string Printed(Scheme scheme, std::string_view canonical);

// The schemes that accept the text, the one with the strongest evidence first, equals in the order
// of AllSchemes.
std::vector<Scheme> SchemesOf(std::string_view text);

}  // namespace daftar::identifier
