// The part of DuckDB's C interface that the benchmark calls, out of a shared library that need not
// be there when this is compiled. The layouts and signatures are the ones that DuckDB documents as
// stable.
#pragma once

#include <cstdint>
#include <filesystem>

namespace daftar::bench {

// Handles of DuckDB, which only it looks into.
using DuckHandle = void*;

struct DuckResult {
  uint64_t deprecated_column_count;
  uint64_t deprecated_row_count;
  uint64_t deprecated_rows_changed;
  void* deprecated_columns;
  char* deprecated_error_message;
  void* internal_data;
};

// A text in a vector: up to 12 bytes stand in it; of longer ones 4 bytes and the address of all.
struct DuckText {
  uint32_t length;
  char bytes[12];
};
static_assert(sizeof(DuckText) == 16);

inline constexpr int kDuckSuccess = 0;
inline constexpr int kDuckBigint = 5;
inline constexpr int kDuckVarchar = 17;

// What fails to load ends the program with a message. Lifetime: functions as long as this.
class DuckLibrary {
 public:
  explicit DuckLibrary(const std::filesystem::path& file);
  ~DuckLibrary();
  DuckLibrary(const DuckLibrary&) = delete;
  DuckLibrary& operator=(const DuckLibrary&) = delete;

  const char* (*library_version)();
  int (*open)(const char* path, DuckHandle* database);
  void (*close)(DuckHandle* database);
  int (*connect)(DuckHandle database, DuckHandle* connection);
  void (*disconnect)(DuckHandle* connection);
  int (*query)(DuckHandle connection, const char* sql, DuckResult* result);
  const char* (*result_error)(DuckResult* result);
  void (*destroy_result)(DuckResult* result);
  int (*prepare)(DuckHandle connection, const char* sql, DuckHandle* statement);
  const char* (*prepare_error)(DuckHandle statement);
  void (*destroy_prepare)(DuckHandle* statement);
  int (*bind_varchar_length)(DuckHandle statement, uint64_t index, const char* text,
                             uint64_t length);
  int (*bind_int64)(DuckHandle statement, uint64_t index, int64_t number);
  int (*execute_prepared)(DuckHandle statement, DuckResult* result);
  DuckHandle (*fetch_chunk)(DuckResult result);
  void (*destroy_data_chunk)(DuckHandle* chunk);
  uint64_t (*data_chunk_get_size)(DuckHandle chunk);
  DuckHandle (*data_chunk_get_vector)(DuckHandle chunk, uint64_t column);
  void* (*vector_get_data)(DuckHandle vector);
  uint64_t (*column_count)(DuckResult* result);
  int (*column_type)(DuckResult* result, uint64_t column);

 private:
  template <typename F>
  void Find(const char* symbol, F** function);

  void* library_ = nullptr;
};

}  // namespace daftar::bench
