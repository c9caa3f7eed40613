#include "daftar/database.h"

#include <algorithm>
#include <span>
#include <thread>

#include "api/state.h"
#include "base/random.h"
#include "base/status.h"
#include "catalog/describe.h"
#include "catalog/resolve.h"
#include "io/stats.h"
#include "io/verify.h"
#include "sql/row_condition.h"
#include "storage/open.h"

namespace daftar {
namespace {

// Threads of a scan, and how many of them nobody has to ask for.
constexpr size_t kScanThreadsMax = 64;
constexpr size_t kCoresMax = 8;

// The share of the memory that is for projections; who only reads has none.
size_t ColumnBytes(const OpenOptions& options) {
  return options.read_only ? 0 : options.memory_budget_bytes / 4;
}

absl::StatusOr<std::unique_ptr<storage::Store>> OpenStore(const std::filesystem::path& directory,
                                                          const OpenOptions& options, bool create) {
  if (options.in_memory) return storage::NewMemoryStore();
  storage::RocksOptions rocks;
  rocks.create_if_missing = create;
  rocks.read_only = options.read_only;
  rocks.memory_budget_bytes = options.memory_budget_bytes - ColumnBytes(options);
  return storage::OpenRocksStore(directory, rocks);
}

storage::ScanLimits ScanLimitsOf(const OpenOptions& asked) {
  storage::ScanLimits limits;
  limits.threads = asked.scan_threads != 0
                       ? std::min(asked.scan_threads, kScanThreadsMax)
                       : std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kCoresMax);
  limits.held_bytes_max = std::min(limits.held_bytes_max, asked.memory_budget_bytes / 8);
  return limits;
}

txn::CoreOptions NewCoreOptions(const OpenOptions& asked) {
  txn::CoreOptions options;
  options.scan = ScanLimitsOf(asked);
  options.column_bytes_max = ColumnBytes(asked);
  options.housekeeping = true;
  options.compiler = &sql::CompileCondition;
  return options;
}

absl::StatusOr<txn::DatabaseId> NewDatabaseId() {
  txn::DatabaseId id;
  DAFTAR_RETURN_IF_ERROR(FillRandom(std::as_writable_bytes(std::span(id))));
  return id;
}

}  // namespace

namespace internal {

std::filesystem::path SpillFolder(const DatabaseState& state) {
  if (state.directory.empty() || state.read_only) return std::filesystem::temp_directory_path();
  return state.directory;
}

absl::Status CheckWritable(const DatabaseState& state) {
  if (!state.read_only) return absl::OkStatus();
  return FailedPrecondition("the database was opened for reading only");
}

}  // namespace internal

Database::Database(std::unique_ptr<internal::DatabaseState> state) : state_(std::move(state)) {}
Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Create(const std::filesystem::path& directory,
                                                           const SchemaFile& schema,
                                                           const OpenOptions& options) {
  if (options.read_only) return InvalidArgument("a new database cannot be read-only");
  // The schema is judged before anything is made on disk.
  DAFTAR_ASSIGN_OR_RETURN(auto schemas, internal::ParseSchema(schema));
  DAFTAR_ASSIGN_OR_RETURN(catalog::Catalog catalog, catalog::NewCatalog(std::move(schemas)));
  DAFTAR_ASSIGN_OR_RETURN(const txn::DatabaseId id, NewDatabaseId());
  DAFTAR_ASSIGN_OR_RETURN(auto store, OpenStore(directory, options, true));
  DAFTAR_ASSIGN_OR_RETURN(auto core, txn::Core::Create(std::move(store), std::move(catalog), id,
                                                       NewCoreOptions(options)));
  auto state = std::make_unique<internal::DatabaseState>(std::move(core), false);
  if (!options.in_memory) state->directory = directory;
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& directory,
                                                         const OpenOptions& options) {
  if (options.follow && !options.read_only) {
    return InvalidArgument("only a database that is opened for reading only can follow another");
  }
  if (options.in_memory) return Create(directory, SchemaFile(), options);
  auto store = OpenStore(directory, options, false);
  if (absl::IsNotFound(store.status()) && options.create_if_missing) {
    return Create(directory, SchemaFile(), options);
  }
  if (!store.ok()) return store.status();
  txn::CoreOptions core_options = NewCoreOptions(options);
  if (options.read_only) {
    core_options.mode = options.follow ? txn::CoreMode::kFollow : txn::CoreMode::kRead;
  }
  DAFTAR_ASSIGN_OR_RETURN(auto core, txn::Core::Open(*std::move(store), std::move(core_options)));
  auto state = std::make_unique<internal::DatabaseState>(std::move(core), options.read_only);
  state->directory = directory;
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

ReadView Database::View() const { return internal::DatabaseAccess::MakeView(state_->core->View()); }

absl::StatusOr<ReadView> Database::View(const AsOf& moment) const {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, internal::ViewAt(*state_->core, moment));
  return internal::DatabaseAccess::MakeView(std::move(view));
}

absl::StatusOr<std::optional<Record>> Database::Find(const ReadView& view, std::string_view table,
                                                     const Key& key) const {
  return internal::FindRecord(internal::DatabaseAccess::View(view), table, key);
}

absl::StatusOr<std::optional<Record>> Database::Find(std::string_view table, const Key& key) const {
  return internal::FindRecord(state_->core->View(), table, key);
}

absl::StatusOr<Record> Database::Get(const ReadView& view, std::string_view table,
                                     const Key& key) const {
  return internal::GetRecord(internal::DatabaseAccess::View(view), table, key);
}

absl::StatusOr<Record> Database::Get(std::string_view table, const Key& key) const {
  return internal::GetRecord(state_->core->View(), table, key);
}

Batch Database::NewBatch() const {
  return Batch(std::make_unique<internal::BatchState>(state_->core->catalog()));
}

absl::StatusOr<CommitVersion> Database::Commit(Batch batch, const CommitOptions& options) {
  DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  return state_->core->Commit(batch.state_->catalog(), batch.state_->writes(), options);
}

absl::Status Database::Put(std::string_view table, std::string_view json, WriteIntent intent,
                           const CommitOptions& options) {
  Batch batch = NewBatch();
  DAFTAR_RETURN_IF_ERROR(batch.Put(table, json, intent));
  return Commit(std::move(batch), options).status();
}

absl::Status Database::Delete(std::string_view table, const Key& key,
                              const CommitOptions& options) {
  Batch batch = NewBatch();
  DAFTAR_RETURN_IF_ERROR(batch.Delete(table, key));
  return Commit(std::move(batch), options).status();
}

absl::StatusOr<Cursor> Database::Run(const ReadView& view, const Query& query) const {
  return internal::RunQuery(internal::DatabaseAccess::View(view), query);
}

absl::StatusOr<Cursor> Database::Run(const Query& query) const {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, internal::ViewFor(*state_->core, query));
  return internal::RunQuery(std::move(view), query);
}

std::vector<std::string> Database::TableNames() const {
  std::vector<std::string> names;
  const auto catalog = state_->core->catalog();
  for (const catalog::TableDef& table : catalog->tables) names.push_back(table.name);
  return names;
}

absl::StatusOr<std::vector<TableInfo>> Database::DescribeSchema() const {
  return catalog::Describe(state_->core->catalog()->tables);
}

absl::StatusOr<TableInfo> Database::DescribeTable(std::string_view table) const {
  const auto catalog = state_->core->catalog();
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, catalog->GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(std::vector<TableInfo> described, catalog::Describe({*def}));
  return std::move(described.front());
}

absl::StatusOr<DatabaseStats> Database::Stats() const { return Stats(View()); }

absl::StatusOr<DatabaseStats> Database::Stats(const ReadView& view) const {
  return io::CollectStats(*state_->core, internal::DatabaseAccess::View(view));
}

absl::StatusOr<VerifyReport> Database::Verify(const VerifyOptions& options) {
  if (options.repair) DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  return io::Verify(state_->core.get(), internal::SpillFolder(*state_), options);
}

}  // namespace daftar
