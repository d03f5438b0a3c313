# What all folders share: the third-party packages, the warnings, and two functions for targets.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_link_options(-fuse-ld=lld)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(Protobuf REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(LibXml2 REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(gsasl REQUIRED IMPORTED_TARGET libgsasl)
pkg_check_modules(gmime REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(xapian REQUIRED IMPORTED_TARGET xapian-core)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(poppler REQUIRED IMPORTED_TARGET poppler-cpp)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)

# Ours: warnings, hardening and the include root. Third-party headers are SYSTEM and stay silent.
add_library(mailhold_settings INTERFACE)
target_include_directories(mailhold_settings INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(mailhold_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
    -fstack-protector-strong -fno-omit-frame-pointer)
target_compile_definitions(mailhold_settings INTERFACE
    _GLIBCXX_ASSERTIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED XAPIAN_MOVE_SEMANTICS)
target_link_libraries(mailhold_settings INTERFACE fmt::fmt Threads::Threads)

# mailhold_library(ledger SOURCES a.cpp b.cpp USES mailhold::base PRIVATE_USES PkgConfig::zstd)
# makes the static library mailhold_ledger with the alias mailhold::ledger.
function(mailhold_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
    add_library(mailhold_${name} STATIC ${ARG_SOURCES})
    add_library(mailhold::${name} ALIAS mailhold_${name})
    target_link_libraries(mailhold_${name} PUBLIC mailhold_settings ${ARG_USES} PRIVATE ${ARG_PRIVATE_USES})
endfunction()

# mailhold_test(ledger LABEL unit SOURCES a_test.cpp USES mailhold::ledger)
# makes the program test_ledger, one CTest entry for all of its cases, 120 s at most.
function(mailhold_test name)
    cmake_parse_arguments(ARG "" "LABEL" "SOURCES;USES" ${ARGN})
    add_executable(test_${name} ${ARG_SOURCES})
    target_link_libraries(test_${name} PRIVATE mailhold_settings ${ARG_USES} Catch2::Catch2WithMain)
    add_test(NAME ${ARG_LABEL}.${name} COMMAND test_${name})
    set_tests_properties(${ARG_LABEL}.${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300)
endfunction()
