# SPDX-License-Identifier: Apache-2.0
#
# find_package(kcsan) gives
#
#   kcsan::headers           annotations and assertions, detector off: nothing of
#                            them is left in the program
#   kcsan::kcsan             the same with the detector linked in
#   kcsan_instrument(TARGET) has the compiler tell of every access of TARGET, and
#                            links the detector; GCC 12 and Clang 14, or newer
#
# Paths follow this file, so the whole prefix may be moved.

cmake_minimum_required(VERSION 3.13)

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

function(kcsan_instrument target)
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "kcsan_instrument: no target named \"${target}\"")
  endif()
  set(gcc "-fsanitize=thread;--param=tsan-distinguish-volatile=1;-Wno-tsan")
  set(clang "-fsanitize=thread;SHELL:-mllvm -tsan-distinguish-volatile=1")
  list(APPEND clang "SHELL:-mllvm -tsan-compound-read-before-write=1")
  foreach(language C CXX)
    target_compile_options("${target}" PRIVATE
      "$<$<COMPILE_LANG_AND_ID:${language},GNU>:${gcc}>"
      "$<$<COMPILE_LANG_AND_ID:${language},Clang>:${clang}>")
  endforeach()
  target_compile_definitions("${target}" PRIVATE
    KCSAN_ENABLED=1 KCSAN_INSTRUMENTED=1)
  target_include_directories("${target}" PRIVATE "${_kcsan_prefix}/include")

  get_target_property(type "${target}" TYPE)
  if(type STREQUAL "EXECUTABLE")
    # The property: the command refuses whoever uses its other form.
    set_property(TARGET "${target}" APPEND PROPERTY LINK_LIBRARIES
      "-Wl,--whole-archive,${_kcsan_lib}/libkcsan.a"
      "-Wl,${_kcsan_lib}/libkcsan_interpose.a,--no-whole-archive"
      "-Wl,--dynamic-list=${_kcsan_lib}/kcsan.syms"
      "-Wl,@${_kcsan_lib}/kcsan.wrap"
      stdc++ m Threads::Threads ${CMAKE_DL_LIBS})
  elseif(type STREQUAL "SHARED_LIBRARY" OR type STREQUAL "MODULE_LIBRARY")
    # The hooks come from the program that loads it.
    set_property(TARGET "${target}" APPEND PROPERTY LINK_LIBRARIES
      "-Wl,@${_kcsan_lib}/kcsan.wrap")
  endif()
endfunction()
