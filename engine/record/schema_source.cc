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

// kj deletes what it owns as the type it was made as, so its base classes need no virtual
// destructor.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

// A schema file that keeps its first error with the path to show. The path in an exception of the
// parser's own files is no use for that: kj cuts it behind folders called "src" or "tmp".
class ReportingFile final : public capnp::SchemaFile {
 public:
  // Lifetime: `error` outlives the parser.
  ReportingFile(kj::Own<capnp::SchemaFile> file, std::string shown, std::string* error)
      : file_(kj::mv(file)), shown_(std::move(shown)), error_(*error) {}

  kj::StringPtr getDisplayName() const override { return file_->getDisplayName(); }
  kj::Array<const char> readContent() const override { return file_->readContent(); }

  kj::Maybe<kj::Own<SchemaFile>> import(kj::StringPtr path) const override {
    KJ_IF_MAYBE (file, file_->import(path)) {
      // Names of imported files count from the root or from an import path, without the slash.
      std::string shown = absl::StrCat("/", (*file)->getDisplayName().cStr());
      return kj::Own<SchemaFile>(kj::heap<ReportingFile>(kj::mv(*file), std::move(shown), &error_));
    }
    return nullptr;
  }

  bool operator==(const SchemaFile& other) const override {
    return *file_ == *kj::downcast<const ReportingFile>(other).file_;
  }
  bool operator!=(const SchemaFile& other) const override { return !(*this == other); }
  size_t hashCode() const override { return file_->hashCode(); }

  void reportError(SourcePos start, SourcePos, kj::StringPtr message) const override {
    // The parser counts lines from 0.
    if (error_.empty()) error_ = absl::StrCat(shown_, ":", start.line + 1, ": ", message.cStr());
    kj::throwRecoverableException(
        kj::Exception(kj::Exception::Type::FAILED, __FILE__, __LINE__, kj::heapString(message)));
  }

 private:
  kj::Own<capnp::SchemaFile> file_;
  std::string shown_;
  std::string& error_;
};

#pragma GCC diagnostic pop

// `error` is what a ReportingFile kept: "file:line: cause".
absl::Status ParseError(const std::string& error, const kj::Exception& exception,
                        std::string_view file) {
  if (!error.empty()) return InvalidArgument(error);
  return InvalidArgument("schema does not parse")
      .With("file", file)
      .With("cause", DescribeException(exception));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::Parse(const SchemaSource& source) {
  std::string parse_error;
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
    auto opened_file = capnp::SchemaFile::newFromDirectory(
        filesystem->getRoot(), kj::Path(nullptr).eval(View(file)),
        kj::arrayPtr(import_path.data(), import_path.size()));
    capnp::ParsedSchema parsed = parser.parseFile(
        kj::heap<ReportingFile>(kj::mv(opened_file), source.file.string(), &parse_error));
    std::vector<capnp::Schema> roots;
    CollectNested(parsed, &roots);
    return FromNodes(std::move(roots));
  } catch (const kj::Exception& exception) {
    return ParseError(parse_error, exception, source.file.string());
  }
}

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::ParseText(std::string_view name,
                                                                      std::string_view text) {
  const std::string file_name(name);
  std::string parse_error;
  try {
    auto embedded = EmbeddedFiles();
    auto directory = kj::newInMemoryDirectory(kj::nullClock());
    kj::Path path({kj::StringPtr(file_name.c_str(), file_name.size())});
    directory->openFile(path, kj::WriteMode::CREATE)
        ->writeAll(kj::heapString(text.data(), text.size()));
    // Our own files import each other as neighbours.
    const std::string_view daftar = schema::DaftarCapnp();
    directory->openFile(kj::Path("daftar.capnp"), kj::WriteMode::CREATE | kj::WriteMode::MODIFY)
        ->writeAll(kj::heapString(daftar.data(), daftar.size()));
    const kj::ReadableDirectory* import_path = embedded.get();
    capnp::SchemaParser parser;
    auto opened_file = capnp::SchemaFile::newFromDirectory(*directory, kj::mv(path),
                                                           kj::arrayPtr(&import_path, 1));
    capnp::ParsedSchema parsed =
        parser.parseFile(kj::heap<ReportingFile>(kj::mv(opened_file), file_name, &parse_error));
    std::vector<capnp::Schema> roots;
    CollectNested(parsed, &roots);
    return FromNodes(std::move(roots));
  } catch (const kj::Exception& exception) {
    return ParseError(parse_error, exception, name);
  }
}

}  // namespace daftar::record
