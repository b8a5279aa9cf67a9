/* NVTX v3 is a header. This makes its functions a library's, so that Java can call them. */
#define NVTX_EXPORT_API
#include <nvtx3/nvToolsExt.h>
