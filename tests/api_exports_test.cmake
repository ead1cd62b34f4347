# What librapt.so exports is what tests/golden/exports.txt says: cmake -D NM=... -D LIBRARY=... -D GOLDEN=... -P api_exports_test.cmake
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^ \n]+\n" exported "${table}")
list(SORT exported)
file(STRINGS ${GOLDEN} golden)
list(TRANSFORM exported STRIP)
set(extra ${exported})
list(REMOVE_ITEM extra ${golden})
set(missing ${golden})
list(REMOVE_ITEM missing ${exported})
if(extra OR missing)
  message(FATAL_ERROR "exported but not in ${GOLDEN}: [${extra}]; in it but not exported: [${missing}]")
endif()
