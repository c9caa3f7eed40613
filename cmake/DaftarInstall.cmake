# Install rules: one archive of all layers, the public headers, the schema files, the CLI and the
# package that find_package(daftar) finds.

# All layers in one archive, so that a consumer links one library.
get_property(layers GLOBAL PROPERTY DAFTAR_LAYERS)
set(objects "")
foreach(layer IN LISTS layers)
  list(APPEND objects $<TARGET_OBJECTS:${layer}>)
endforeach()
add_library(daftar STATIC ${objects})
add_library(daftar::daftar ALIAS daftar)
set_target_properties(daftar PROPERTIES LINKER_LANGUAGE CXX)
target_compile_features(daftar PUBLIC cxx_std_20)
target_include_directories(daftar PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/engine/include>
  $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/schema/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(daftar
  PUBLIC absl::status absl::statusor absl::strings CapnProto::capnp
  PRIVATE absl::crc32c absl::flat_hash_map absl::flat_hash_set absl::int128 absl::synchronization
          CapnProto::capnpc RocksDB::rocksdb ICU::uc ICU::i18n LibCSV::LibCSV Sodium::Sodium
          GeographicLib::GeographicLib SQLite::SQLite3)

include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/daftar)
install(TARGETS daftar EXPORT daftarTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS daftar_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY engine/include/daftar DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES schema/daftar.capnp schema/registry.capnp
              ${PROJECT_BINARY_DIR}/schema/include/daftar/daftar.capnp.h
              ${PROJECT_BINARY_DIR}/schema/include/daftar/registry.capnp.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/daftar)
install(EXPORT daftarTargets NAMESPACE daftar:: DESTINATION ${package_dir})
configure_package_config_file(cmake/daftarConfig.cmake.in daftarConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(daftarConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/daftarConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/daftarConfigVersion.cmake
              cmake/FindLibCSV.cmake
              cmake/FindSodium.cmake
              cmake/FindGeographicLib.cmake
        DESTINATION ${package_dir})
