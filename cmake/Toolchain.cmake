# Compiler and linker settings that every target shares.

set(TUNNELKEYD_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them; empty for none")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

# -O2 rather than CMake's -O3: nothing here is bound by loops, and it compiles faster.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-fstack-protector-strong)
add_link_options(-pie -Wl,-z,relro,-z,now)

# What an assertion says names its file: as in the sources, wherever they lie, and whether the compiler is given a path from the build
# directory (by ccache) or from the root.
if(TUNNELKEYD_PACKAGE)
  file(RELATIVE_PATH FROM_BUILD "${CMAKE_BINARY_DIR}" "${CMAKE_SOURCE_DIR}")
  add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${FROM_BUILD}/=")
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
                    -Woverloaded-virtual -Wconversion -Wno-sign-conversion -Wdouble-promotion)

if(TUNNELKEYD_SANITIZE)
  add_compile_options(-fsanitize=${TUNNELKEYD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=${TUNNELKEYD_SANITIZE})
  add_compile_definitions(TUNNELKEYD_SANITIZED)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees uninitialized and dangling values in code that the sanitizers rewrote.
    add_compile_options(-Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-stringop-overflow -Wno-restrict)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives inside inlined library code at -O2 (GCC bugs 105329, 105651; date.h, Boost).
  add_compile_options(-Wno-restrict -Wno-mismatched-new-delete -Wno-maybe-uninitialized)
endif()
