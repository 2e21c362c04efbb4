# The one place for compiler flags. Every target of ours links sightline_flags.
add_library(sightline_flags INTERFACE)
target_compile_features(sightline_flags INTERFACE cxx_std_20)
target_compile_options(sightline_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Wno-missing-field-initializers)  # designated initialisers leave defaults out on purpose
target_include_directories(sightline_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(sightline_flags INTERFACE -Wthread-safety)
else()
  # GCC 12 finds faults in Boost.Asio's coroutine frames and in std::string that are not there (PR 105329,
  # PR 105651).
  target_compile_options(sightline_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(SIGHTLINE_WERROR)
  target_compile_options(sightline_flags INTERFACE -Werror)
endif()
if(SIGHTLINE_SANITIZE)
  target_compile_options(sightline_flags INTERFACE -fsanitize=${SIGHTLINE_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(sightline_flags INTERFACE -fsanitize=${SIGHTLINE_SANITIZE})
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
