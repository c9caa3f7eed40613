// SchemaSet::Parse: from schema text to nodes, through Cap'n Proto's SchemaParser.

#include <capnp/schema-parser.h>
#include <kj/filesystem.h>

#include "base/status.h"
#include "record/kj_fence.h"
#include "record/schema_set.h"
#include "schema/embedded_schemas.h"

namespace daftar::record {
namespace {

// Lifetime: the result points into `text`.
kj::StringPtr View(const std::string& text) { return {text.c_str(), text.size()}; }

// The files that can be imported with nothing installed.
kj::Own<const kj::Directory> EmbeddedFiles() {
  auto directory = kj::newInMemoryDirectory(kj::nullClock());
  const auto add = [&](kj::Path path, std::string_view text) {
    directory->openFile(path, kj::WriteMode::CREATE | kj::WriteMode::CREATE_PARENT)
        ->writeAll(kj::heapString(text.data(), text.size()));
  };
  add(kj::Path({"daftar", "daftar.capnp"}), schema::DaftarCapnp());
  add(kj::Path({"daftar", "registry.capnp"}), schema::RegistryCapnp());
  add(kj::Path({"capnp", "c++.capnp"}), schema::CxxCapnp());
  return directory;
}

void CollectNested(const capnp::ParsedSchema& schema, std::vector<capnp::Schema>* out) {
  for (const capnp::ParsedSchema& nested : schema.getAllNested()) {
    if (nested.getProto().isStruct() || nested.getProto().isEnum()) out->push_back(nested);
    CollectNested(nested, out);
  }
}

// The file that is parsed: as the parser calls it, which is from the root without the slash, and as
// the user does.
struct ParsedFile {
  std::string path;
  std::string shown;
};

// "file:line: cause" where the exception speaks of a schema file, which is how the parser reports.
absl::Status ParseError(const kj::Exception& exception, const ParsedFile& parsed) {
  const std::string_view file = exception.getFile();
  if (file.ends_with(".capnp") || file == parsed.path) {
    const std::string shown = file == parsed.path ? parsed.shown : absl::StrCat("/", file);
    // The parser counts lines from 0.
    return InvalidArgument(
        absl::StrCat(shown, ":", exception.getLine() + 1, ": ", DescribeException(exception)));
  }
  return InvalidArgument("schema does not parse")
      .With("file", parsed.shown)
      .With("cause", DescribeException(exception));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::Parse(const SchemaSource& source) {
  ParsedFile names{"", source.file.string()};
  try {
    auto filesystem = kj::newDiskFilesystem();
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(source.file, error);
    if (error || !std::filesystem::is_regular_file(absolute, error)) {
      return NotFound("schema file is absent").With("file", source.file.string());
    }
    auto embedded = EmbeddedFiles();
    std::vector<kj::Own<const kj::ReadableDirectory>> opened;
    std::vector<const kj::ReadableDirectory*> import_path;
    for (const std::filesystem::path& path : source.import_paths) {
      const std::string text = std::filesystem::absolute(path).lexically_normal().string();
      auto directory = filesystem->getRoot().tryOpenSubdir(kj::Path(nullptr).eval(View(text)));
      KJ_IF_MAYBE (found, directory) {
        import_path.push_back(found->get());
        opened.push_back(kj::mv(*found));
      } else {
        return NotFound("import path is not a folder").With("path", path.string());
      }
    }
    import_path.push_back(embedded.get());
    capnp::SchemaParser parser;
    const std::string file = absolute.lexically_normal().string();
    kj::Path path = kj::Path(nullptr).eval(View(file));
    names.path = path.toString().cStr();
    capnp::ParsedSchema parsed = parser.parseFromDirectory(
        filesystem->getRoot(), kj::mv(path), kj::arrayPtr(import_path.data(), import_path.size()));
    std::vector<capnp::Schema> roots;
    CollectNested(parsed, &roots);
    return FromNodes(std::move(roots));
  } catch (const kj::Exception& exception) {
    return ParseError(exception, names);
  }
}

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::ParseText(std::string_view name,
                                                                      std::string_view text) {
  try {
    auto embedded = EmbeddedFiles();
    auto directory = kj::newInMemoryDirectory(kj::nullClock());
    const std::string file_name(name);
    kj::Path path({kj::StringPtr(file_name.c_str(), file_name.size())});
    directory->openFile(path, kj::WriteMode::CREATE)
        ->writeAll(kj::heapString(text.data(), text.size()));
    // Our own files import each other as neighbours.
    const std::string_view daftar = schema::DaftarCapnp();
    directory->openFile(kj::Path("daftar.capnp"), kj::WriteMode::CREATE | kj::WriteMode::MODIFY)
        ->writeAll(kj::heapString(daftar.data(), daftar.size()));
    const kj::ReadableDirectory* import_path = embedded.get();
    capnp::SchemaParser parser;
    capnp::ParsedSchema parsed =
        parser.parseFromDirectory(*directory, kj::mv(path), kj::arrayPtr(&import_path, 1));
    std::vector<capnp::Schema> roots;
    CollectNested(parsed, &roots);
    return FromNodes(std::move(roots));
  } catch (const kj::Exception& exception) {
    return ParseError(exception, {std::string(name), std::string(name)});
  }
}

}  // namespace daftar::record
