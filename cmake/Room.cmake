# sightline_room(NAME SOURCES file... DEPENDS target...)
# One static library per room, with explicit sources and only the dependencies that it uses.
function(sightline_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(sightline_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(sightline_${name}
    PUBLIC sightline_flags ${ROOM_DEPENDS}
    PRIVATE ${ROOM_PRIVATE_DEPENDS})
endfunction()

# sightline_test(NAME SOURCES file... DEPENDS target... [LABEL label])
# One GoogleTest program, each of its tests known to ctest by name.
function(sightline_test name)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT TEST_LABEL)
    set(TEST_LABEL unit)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE sightline_flags ${TEST_DEPENDS} GTest::gtest GTest::gtest_main)
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT})
endfunction()
