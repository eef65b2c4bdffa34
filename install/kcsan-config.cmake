# SPDX-License-Identifier: Apache-2.0
#
# find_package(kcsan) gives
#
#   kcsan::headers           annotations and assertions, detector off: nothing of
#                            them is left in the program
#   kcsan::kcsan             the same with the detector linked in
#   kcsan_instrument(TARGET) has the compiler tell of every access of TARGET, and
#                            links the detector; GCC 12 and Clang 14, or newer.
#                            TARGET is a program or a library; of several, each
#                            is to be instrumented
#
# Paths follow this file, so the whole prefix may be moved.

cmake_minimum_required(VERSION 3.15)

get_filename_component(_kcsan_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.."
                       ABSOLUTE)
set(_kcsan_lib "${_kcsan_prefix}/lib")

include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)

if(NOT TARGET kcsan::headers)
  add_library(kcsan::headers INTERFACE IMPORTED)
  set_target_properties(kcsan::headers PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${_kcsan_prefix}/include")

  add_library(kcsan::kcsan STATIC IMPORTED)
  set_target_properties(kcsan::kcsan PROPERTIES
    IMPORTED_LOCATION "${_kcsan_lib}/libkcsan.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_kcsan_prefix}/include"
    INTERFACE_COMPILE_DEFINITIONS "KCSAN_ENABLED=1"
    INTERFACE_LINK_LIBRARIES
      "stdc++;m;Threads::Threads;${CMAKE_DL_LIBS}")
endif()

# What the target, or whoever links it, is linked with.
function(_kcsan_link target property condition)
  set(library "-Wl,-u__tsan_init,${_kcsan_lib}/libkcsan.a")
  # The C library's locks, and its functions: not in a static program, which has
  # both already.
  set(dynamic
    "-Wl,-ukcsan_linked_interpose,${_kcsan_lib}/libkcsan_interpose.a"
    "-Wl,--dynamic-list=${_kcsan_lib}/kcsan.syms"
    "-Wl,@${_kcsan_lib}/kcsan.wrap")
  get_target_property(options "${target}" LINK_OPTIONS)
  if("${CMAKE_EXE_LINKER_FLAGS};${options}" MATCHES
     "(^|[ ;])-static(-pie)?([ ;]|$)")
    set(dynamic "")
  endif()
  foreach(item "${library}" ${dynamic} -lstdc++ -lm -pthread ${CMAKE_DL_LIBS})
    # The property: the command refuses whoever uses its other form.
    set_property(TARGET "${target}" APPEND PROPERTY ${property}
      "$<$<STREQUAL:${condition},EXECUTABLE>:${item}>")
  endforeach()
  # The hooks come from the program that loads it, whatever -z defs says.
  foreach(item "-Wl,@${_kcsan_lib}/kcsan.wrap"
               "-Wl,--unresolved-symbols=ignore-all")
    foreach(type SHARED_LIBRARY MODULE_LIBRARY)
      set_property(TARGET "${target}" APPEND PROPERTY ${property}
        "$<$<STREQUAL:${condition},${type}>:${item}>")
    endforeach()
  endforeach()
endfunction()

# A compiler with the hooks that the runtime knows how to take.
function(_kcsan_check_compiler language)
  set(id "${CMAKE_${language}_COMPILER_ID}")
  set(version "${CMAKE_${language}_COMPILER_VERSION}")
  if("${id}" STREQUAL "" OR
     ("${id}" STREQUAL "GNU" AND NOT "${version}" VERSION_LESS 12) OR
     ("${id}" STREQUAL "Clang" AND NOT "${version}" VERSION_LESS 14))
    return()
  endif()
  message(FATAL_ERROR "kcsan_instrument: ${CMAKE_${language}_COMPILER} is ${id} "
          "${version}; it has to be GCC 12 or Clang 14, or newer")
endfunction()

function(kcsan_instrument target)
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "kcsan_instrument: no target named \"${target}\"")
  endif()
  get_target_property(type "${target}" TYPE)
  if(NOT type MATCHES
     "^(EXECUTABLE|(SHARED|MODULE|STATIC|OBJECT)_LIBRARY)$")
    message(FATAL_ERROR "kcsan_instrument: nothing of ${target} is compiled "
            "(${type})")
  endif()

  set(gcc "-fsanitize=thread;--param=tsan-distinguish-volatile=1;-Wno-tsan")
  # Or reads are made, and told, that the source does not have.
  list(APPEND gcc -fno-tree-loop-im -fno-tree-partial-pre)
  set(clang "-fsanitize=thread;SHELL:-mllvm -tsan-distinguish-volatile=1")
  list(APPEND clang "SHELL:-mllvm -tsan-compound-read-before-write=1")
  list(APPEND clang "SHELL:-mllvm -disable-licm-promotion")
  foreach(language C CXX)
    _kcsan_check_compiler(${language})
    target_compile_options("${target}" PRIVATE
      "$<$<COMPILE_LANG_AND_ID:${language},GNU>:${gcc}>"
      "$<$<COMPILE_LANG_AND_ID:${language},Clang>:${clang}>")
    # File and line in reports.
    if(NOT "${CMAKE_${language}_FLAGS}" MATCHES "(^| )-g")
      target_compile_options("${target}" PRIVATE
        "$<$<AND:$<COMPILE_LANGUAGE:${language}>,$<NOT:$<OR:$<CONFIG:Debug>,$<CONFIG:RelWithDebInfo>>>>:-g1>")
    endif()
  endforeach()
  target_compile_definitions("${target}" PRIVATE
    KCSAN_ENABLED=1 KCSAN_INSTRUMENTED=1)
  target_include_directories("${target}" PRIVATE "${_kcsan_prefix}/include")

  if(type MATCHES "^(STATIC|OBJECT)_LIBRARY$")
    # The linking is done by whoever uses it.
    _kcsan_link("${target}" INTERFACE_LINK_LIBRARIES "$<TARGET_PROPERTY:TYPE>")
  else()
    _kcsan_link("${target}" LINK_LIBRARIES "${type}")
  endif()
endfunction()
