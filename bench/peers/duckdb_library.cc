#include "bench/peers/duckdb_library.h"

#include <dlfcn.h>

#include <string>

#include "bench/workspace.h"

namespace daftar::bench {

template <typename F>
void DuckLibrary::Find(const char* symbol, F** function) {
  *function = reinterpret_cast<F*>(dlsym(library_, symbol));
  if (*function == nullptr) Fail(std::string("DuckDB's library has no ") + symbol);
}

DuckLibrary::DuckLibrary(const std::filesystem::path& file)
    : library_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (library_ == nullptr) Fail(std::string("DuckDB's library does not load: ") + dlerror());
  Find("duckdb_library_version", &library_version);
  Find("duckdb_open", &open);
  Find("duckdb_close", &close);
  Find("duckdb_connect", &connect);
  Find("duckdb_disconnect", &disconnect);
  Find("duckdb_query", &query);
  Find("duckdb_result_error", &result_error);
  Find("duckdb_destroy_result", &destroy_result);
  Find("duckdb_prepare", &prepare);
  Find("duckdb_prepare_error", &prepare_error);
  Find("duckdb_destroy_prepare", &destroy_prepare);
  Find("duckdb_bind_varchar_length", &bind_varchar_length);
  Find("duckdb_bind_int64", &bind_int64);
  Find("duckdb_execute_prepared", &execute_prepared);
  Find("duckdb_fetch_chunk", &fetch_chunk);
  Find("duckdb_destroy_data_chunk", &destroy_data_chunk);
  Find("duckdb_data_chunk_get_size", &data_chunk_get_size);
  Find("duckdb_data_chunk_get_vector", &data_chunk_get_vector);
  Find("duckdb_vector_get_data", &vector_get_data);
  Find("duckdb_column_count", &column_count);
  Find("duckdb_column_type", &column_type);
}

DuckLibrary::~DuckLibrary() { dlclose(library_); }

}  // namespace daftar::bench
