// The ids of annotations.h against schema/daftar.capnp.
#include "record/annotations.h"

#include <capnp/schema-parser.h>
#include <kj/filesystem.h>

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "schema/embedded_schemas.h"
#include "support/temp_dir.h"

namespace daftar::testing {
namespace {

// Every annotation that the text of the file declares, by name.
std::map<std::string, uint64_t> DeclaredAnnotations() {
  const auto files = kj::newInMemoryDirectory(kj::nullClock());
  const auto add = [&](kj::Path path, std::string_view text) {
    files->openFile(path, kj::WriteMode::CREATE | kj::WriteMode::CREATE_PARENT)
        ->writeAll(kj::heapString(text.data(), text.size()));
  };
  add(kj::Path("daftar.capnp"), schema::DaftarCapnp());
  add(kj::Path({"capnp", "c++.capnp"}), schema::CxxCapnp());
  const kj::ReadableDirectory* import_path = files.get();
  capnp::SchemaParser parser;
  const auto file =
      parser.parseFromDirectory(*files, kj::Path("daftar.capnp"), kj::arrayPtr(&import_path, 1));
  std::map<std::string, uint64_t> ids;
  for (auto nested : file.getAllNested()) {
    if (nested.getProto().isAnnotation()) {
      ids[nested.getUnqualifiedName().cStr()] = nested.getProto().getId();
    }
  }
  return ids;
}

TEST_CASE("annotations: the ids are those of schema/daftar.capnp", "[record][format]") {
  CHECK(DeclaredAnnotations() ==
        std::map<std::string, uint64_t>{{"table", record::kTableAnnotation},
                                        {"index", record::kIndexAnnotation},
                                        {"date", record::kDateAnnotation},
                                        {"instant", record::kInstantAnnotation},
                                        {"decimal", record::kDecimalAnnotation},
                                        {"json", record::kJsonAnnotation},
                                        {"aggregate", record::kAggregateAnnotation},
                                        {"search", record::kSearchAnnotation},
                                        {"point", record::kPointAnnotation},
                                        {"money", record::kMoneyAnnotation},
                                        {"reference", record::kReferenceAnnotation},
                                        {"check", record::kCheckAnnotation},
                                        {"exclusive", record::kExclusiveAnnotation},
                                        {"sumsTo", record::kSumsToAnnotation},
                                        {"lifecycle", record::kLifecycleAnnotation},
                                        {"powers", record::kPowersAnnotation},
                                        {"decisions", record::kDecisionsAnnotation},
                                        {"identifier", record::kIdentifierAnnotation},
                                        {"extends", record::kExtendsAnnotation}});
}

TEST_CASE("annotations: the embedded file is the one in the source", "[record][format]") {
  CHECK(schema::DaftarCapnp() == ReadFile(DAFTAR_SOURCE_DIR "/schema/daftar.capnp"));
}

}  // namespace
}  // namespace daftar::testing
