# cmake -D INPUT=file -D OUTPUT=file.cpp -D HEADER=api/openapi.h -D FUNCTION=Name -P EmbedText.cmake
# Writes a source file of sightline::api, or of the namespace given as -D NAMESPACE=..., whose
# function returns the text of INPUT: a raw string literal for each line, since one literal may be
# too long for a compiler; an array, since counting the characters of a constant has a limit too
# (GCC 12: 262,144).
if(NOT NAMESPACE)
  set(NAMESPACE sightline::api)
endif()
file(READ ${INPUT} text)
string(FIND "${text}" ")~~~\"" delimiter)
if(NOT delimiter EQUAL -1)
  message(FATAL_ERROR "${INPUT} holds the delimiter of its own raw string")
endif()
string(REPLACE "\n" "\n)~~~\"\n      R\"~~~(" literals "${text}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace ${NAMESPACE} {

std::string_view ${FUNCTION}() {
  static constexpr char kText[] =
      R\"~~~(${literals})~~~\";
  return {kText, sizeof(kText) - 1};
}

}  // namespace ${NAMESPACE}
")
