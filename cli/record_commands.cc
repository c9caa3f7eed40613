// init, put, get, delete.

#include <map>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

struct RecordArguments {
  std::string database;
  std::string table;
  std::string json;
  std::vector<std::string> key;
  WriteIntent intent = WriteIntent::kUpsert;
  std::string as_of;
  Calendar calendar = Calendar::kGregorian;
  bool buffered = false;
  CommitOptions commit;
};

CLI::App* AddRecordCommand(CLI::App* app, const char* name, const char* help,
                           const std::shared_ptr<RecordArguments>& arguments) {
  CLI::App* command = app->add_subcommand(name, help);
  command->add_option("DB", arguments->database, "the database directory")->required();
  command->add_option("TABLE", arguments->table, "the table's name")->required();
  return command;
}

absl::StatusOr<ExitCode> RunPut(const RecordArguments& arguments) {
  std::string json = arguments.json;
  if (json == "-") {
    auto text = ReadText("-");
    if (!text.ok()) return text.status();
    json = *std::move(text);
  }
  auto database = OpenDatabase(arguments.database, false);
  if (!database.ok()) return database.status();
  Batch batch = (*database)->NewBatch();
  if (auto status = batch.Put(arguments.table, json, arguments.intent); !status.ok()) return status;
  CommitOptions options = arguments.commit;
  options.durability = arguments.buffered ? Durability::kBuffered : Durability::kSynced;
  const auto version = (*database)->Commit(std::move(batch), options);
  if (!version.ok()) return version.status();
  return kOk;
}

absl::StatusOr<ExitCode> RunGet(const RecordArguments& arguments) {
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  const auto record = (*database)->Get(*view, arguments.table, ToKey(arguments.key));
  if (!record.ok()) return record.status();
  const auto json = record->ToJson(arguments.calendar);
  if (!json.ok()) return json.status();
  if (auto status = Print(*json + "\n"); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<ExitCode> RunDelete(const RecordArguments& arguments) {
  auto database = OpenDatabase(arguments.database, false);
  if (!database.ok()) return database.status();
  const auto status = (*database)->Delete(arguments.table, ToKey(arguments.key), arguments.commit);
  if (!status.ok()) return status;
  return kOk;
}

struct InitArguments {
  std::string database;
  std::string schema;
  std::vector<std::string> import_paths;
};

absl::StatusOr<ExitCode> RunInit(const InitArguments& arguments) {
  SchemaFile schema;
  schema.file = arguments.schema;
  for (const std::string& path : arguments.import_paths) schema.import_paths.emplace_back(path);
  const auto database = Database::Create(arguments.database, schema);
  if (!database.ok()) return database.status();
  std::string tables;
  for (const std::string& name : (*database)->TableNames()) absl::StrAppend(&tables, " ", name);
  if (auto status = Print(absl::StrCat("made ", arguments.database, " with tables", tables, "\n"));
      !status.ok()) {
    return status;
  }
  return kOk;
}

}  // namespace

void AddInit(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<InitArguments>();
  CLI::App* command = app->add_subcommand("init", "Make a new database");
  command->add_option("DB", arguments->database, "the directory to make it in")->required();
  command->add_option("--schema", arguments->schema,
                      "a .capnp file with Daftar's annotations; default: the registry schema");
  command->add_option("--import-path", arguments->import_paths,
                      "where the schema file's absolute imports are looked for");
  command->callback([=] { *runner = [=] { return RunInit(*arguments); }; });
}

void AddRecordCommands(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<RecordArguments>();
  CLI::App* put = AddRecordCommand(app, "put", "Write a record given as JSON", arguments);
  put->add_option("JSON", arguments->json, "the record as a JSON object, or - for standard input")
      ->required();
  const std::map<std::string, WriteIntent> intents = {{"insert", WriteIntent::kInsert},
                                                      {"update", WriteIntent::kUpdate},
                                                      {"upsert", WriteIntent::kUpsert}};
  put->add_option("--mode", arguments->intent,
                  "insert: the key must be free; update: it must be taken; upsert: either")
      ->transform(CLI::CheckedTransformer(intents))
      ->default_str("upsert");
  AddStatement(put, &arguments->commit);
  put->add_flag("--buffered", arguments->buffered, "do not wait until the disk has it");
  put->callback([=] { *runner = [=] { return RunPut(*arguments); }; });

  CLI::App* get = AddRecordCommand(app, "get", "Print a record as JSON", arguments);
  get->add_option("KEY", arguments->key, "the values of the primary key")->required();
  AddAsOf(get, &arguments->as_of);
  AddCalendar(get, &arguments->calendar);
  get->callback([=] { *runner = [=] { return RunGet(*arguments); }; });

  CLI::App* remove = AddRecordCommand(app, "delete", "Delete a record", arguments);
  remove->add_option("KEY", arguments->key, "the values of the primary key")->required();
  AddStatement(remove, &arguments->commit);
  remove->callback([=] { *runner = [=] { return RunDelete(*arguments); }; });
}

}  // namespace daftar::cli
