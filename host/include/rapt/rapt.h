/* Rapt: fused attention, O = softmax(scale * Q K^T + mask) V, on CPUs and NVIDIA GPUs.
 * Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
 *
 * This header is the manual. Describe a problem, plan it, run it:
 *
 *     rapt_context* context;  rapt_context_create(NULL, &context);
 *     rapt_problem problem = RAPT_PROBLEM_INIT;             sizes, types, strides, mask; no data
 *     problem.q = rapt_dense(RAPT_F32, B, Hq, Sq, D);       k, v, o likewise
 *     rapt_plan* plan;        rapt_plan_create(context, &problem, &plan);    validates, chooses a kernel
 *     rapt_args args = RAPT_ARGS_INIT;  args.q = q;         pointers
 *     rapt_run(plan, &args, workspace, rapt_plan_workspace(plan), NULL);     allocates nothing
 *
 * What is computed. For query row i and key column j of one sequence with lengths len_q and len_kv:
 *   1. s = scale * (q_i . k_j)
 *   2. softcap > 0:  s = softcap * tanh(s / softcap);  then  s += bias[i,j] + alibi_h * (j - i - offset)
 *   3. j is visible to i iff  j < len_kv;  causal: j <= i + offset;  window: i + offset - left <= j <= i + offset + right;
 *      mask[i,j] is true and bias[i,j] is not -inf.  offset = len_kv - len_q unless `align` says otherwise.
 *   4. lse_i = ln sum_visible exp(s)  (a sink logit joins the sum and nothing else);  o_i = sum_visible exp(s - lse_i) v_j
 *   5. A row that sees nothing: o = 0 exactly, lse = -inf (its sink if there is one).
 *   6. What a row may not see never reaches its output, NaN included. NaN in what it may see does.
 * Query head h reads key/value head h / (heads_q / heads_kv). Sums, scores and accumulators are f32 or wider.
 *
 * Rules of the border. Nothing prints, aborts or throws. Every call that can fail returns a rapt_status; on failure
 * rapt_last_error() is a sentence, per thread, that names the argument and says what to change. Structs begin with
 * struct_size and grow only at the end; set them with their INIT macro. Fields named `reserved` must be zero.
 */
#ifndef RAPT_RAPT_H
#define RAPT_RAPT_H

#include <stddef.h>
#include <stdint.h>

#define RAPT_VERSION_MAJOR 0
#define RAPT_VERSION_MINOR 1
#define RAPT_VERSION_PATCH 0
#define RAPT_ABI_VERSION 0 /* the SOVERSION of the shared library */

#if defined(RAPT_STATIC)
#define RAPT_API
#elif defined(_WIN32)
#define RAPT_API __declspec(dllimport)
#else
#define RAPT_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status -------------------------------------------------------------------------------------------------- */

typedef int32_t rapt_status;
enum {
  RAPT_OK = 0,
  RAPT_INVALID_ARGUMENT = 1,    /* the description or a pointer is wrong: the sentence names it */
  RAPT_UNSUPPORTED = 2,         /* legal, but no kernel of the engines asked for takes it: the sentence says why, engine by engine */
  RAPT_MISALIGNED = 3,          /* a pointer is not a multiple of its element size, or the workspace not of 64 bytes */
  RAPT_WORKSPACE_TOO_SMALL = 4, /* give rapt_plan_workspace() bytes */
  RAPT_BAD_INDEX = 5,           /* a length, an offset or a page index that a visible key needs is out of range */
  RAPT_NO_DEVICE = 6,           /* the engine asked for has no device or driver here */
  RAPT_CUDA_ERROR = 7,          /* a launch of this call failed; the sentence has CUDA's words */
  RAPT_OUT_OF_MEMORY = 8,       /* creating a context or a plan, never a run */
  RAPT_INTERNAL = 9             /* a bug of Rapt's; please report the sentence */
};
RAPT_API const char* rapt_status_name(rapt_status status); /* "RAPT_INVALID_ARGUMENT", ...; "unknown status" outside the list */
RAPT_API const char* rapt_last_error(void);                /* of this thread's last failed call; "" before one. Valid until its next call */
RAPT_API const char* rapt_version(void);                   /* "0.1.0" */
RAPT_API int32_t rapt_abi_version(void);                   /* RAPT_ABI_VERSION of the library that was loaded */

/* ---- Tensors ------------------------------------------------------------------------------------------------- */

typedef int32_t rapt_type;
enum {
  RAPT_NONE = 0, /* this tensor is absent */
  RAPT_F32 = 1,
  RAPT_F16 = 2,
  RAPT_BF16 = 3,
  RAPT_F64 = 4,  /* the reference engine only */
  RAPT_BOOL = 5, /* one byte, 0 = false */
  RAPT_E4M3 = 6, /* 6-8: no kernel yet; refused with RAPT_UNSUPPORTED */
  RAPT_E5M2 = 7,
  RAPT_I8 = 8
};
RAPT_API size_t rapt_type_size(rapt_type type); /* bytes of an element; 0 for RAPT_NONE and unknown types */

typedef struct rapt_tensor {
  rapt_type type;
  int32_t reserved;
  int64_t shape[4];   /* elements, outermost first */
  int64_t strides[4]; /* elements, >= 0, the innermost 1; of a dimension of size 1: anything */
  int64_t bytes;      /* size of the buffer behind it if known, checked against the furthest element; 0 = unknown */
} rapt_tensor;

/* A row-major tensor without gaps. Swap entries of shape and strides together to describe any permuted layout. */
static inline rapt_tensor rapt_dense(rapt_type type, int64_t n0, int64_t n1, int64_t n2, int64_t n3) {
  rapt_tensor t = {0, 0, {0, 0, 0, 0}, {0, 0, 0, 1}, 0};
  t.type = type;
  t.shape[0] = n0, t.shape[1] = n1, t.shape[2] = n2, t.shape[3] = n3;
  t.strides[2] = n3, t.strides[1] = n2 * n3, t.strides[0] = n1 * n2 * n3;
  return t;
}

/* ---- The problem ---------------------------------------------------------------------------------------------- */

enum { RAPT_ENGINE_AUTO = 0, RAPT_ENGINE_REFERENCE = 1, RAPT_ENGINE_CPU = 2, RAPT_ENGINE_CUDA = 3, RAPT_ENGINE_EMULATED = 4 };

enum {                   /* how q, o and lse are addressed */
       RAPT_Q_DENSE = 0, /* q [batch, heads_q, seqlen_q, head_dim]; args.seqlens_q may shorten a sequence */
       RAPT_Q_RAGGED = 1 /* q [1, heads_q, total_q, head_dim]: sequence b is rows cu_seqlens_q[b] .. cu_seqlens_q[b+1] */
};
enum {                           /* how k and v are addressed */
       RAPT_KV_DENSE = 0,        /* k [batch, heads_kv, seqlen_kv, head_dim]; args.seqlens_kv may shorten a sequence */
       RAPT_KV_RAGGED = 1,       /* k [1, heads_kv, total_kv, head_dim] and args.cu_seqlens_kv */
       RAPT_KV_BLOCK_TABLE = 2,  /* k [num_pages, heads_kv, page_size, head_dim]; key j of sequence b is row j % page_size of page
                                    block_table[b * table_stride + j / page_size]; lengths from args.seqlens_kv */
       RAPT_KV_PAGE_LIST = 3,    /* pages of sequence b: kv_indices[kv_indptr[b]] .. kv_indices[kv_indptr[b+1] - 1]; its length from
                                    args.seqlens_kv, or (pages - 1) * page_size + kv_last_page_len[b] */
       RAPT_KV_PAGE_POINTERS = 4 /* k_pages[b * table_stride + j / page_size] points at a page [heads_kv, page_size, head_dim] with
                                    the strides of k (its shape[0] is 1); NULL = unmapped */
};
enum {
  RAPT_ALIGN_BOTTOM_RIGHT = 0, /* offset = len_kv - len_q: the last query sees the last key */
  RAPT_ALIGN_TOP_LEFT = 1,     /* offset = 0 */
  RAPT_ALIGN_OFFSET = 2        /* offset = problem.offset */
};

typedef struct rapt_problem {
  size_t struct_size;

  rapt_tensor q;     /* f32, f16, bf16 (f64: reference). [batch, heads_q, seqlen_q, head_dim], see q_layout */
  rapt_tensor k;     /* any of those types, whatever q's. [batch, heads_kv, seqlen_kv, head_dim], see kv_layout */
  rapt_tensor v;     /* any of those types, whatever k's; shape of k but for the last: head_dim_v. Own strides */
  rapt_tensor o;     /* any of those types; shape of q but for the last: head_dim_v. f32 for partial results to merge */
  rapt_tensor lse;   /* f32 (f64: reference) [.., .., .., 1] with the first three of q; RAPT_NONE: not wanted */
  rapt_tensor mask;  /* RAPT_BOOL, true = may see. Each dimension 1 or that of [batch, heads_q, max_seqlen_q, max_seqlen_kv] */
  rapt_tensor bias;  /* f32, f16, bf16 (f64: reference), added after softcap; -inf hides. Shape as mask */
  rapt_tensor alibi; /* f32 (f64: reference) slopes [1 or batch, heads_q, 1, 1] */
  rapt_tensor sinks; /* f32 (f64: reference) logits [1, heads_q, 1, 1] */

  int32_t engine;        /* RAPT_ENGINE_*. AUTO: the first of cuda, cpu that takes the problem, no other */
  int32_t q_layout;      /* RAPT_Q_* */
  int32_t kv_layout;     /* RAPT_KV_* */
  int32_t align;         /* RAPT_ALIGN_*: what causal, window and alibi mean by "the same position" */
  int64_t offset;        /* for RAPT_ALIGN_OFFSET, any value */
  int64_t batch;         /* sequences. 0: q.shape[0] when dense; must be given when ragged */
  int64_t max_seqlen_q;  /* upper bound of len_q. 0: q.shape[2] */
  int64_t max_seqlen_kv; /* upper bound of len_kv. 0: k.shape[2] when dense or ragged; must be given when paged */
  int64_t table_stride;  /* entries between rows of block_table or k_pages. 0: ceil(max_seqlen_kv / page_size), its width */

  double scale;            /* used when has_scale is 1; finite; 0 and negative values are legal */
  int32_t has_scale;       /* 0: scale = 1 / sqrt(head_dim) */
  float softcap;           /* 0: none; > 0 and finite otherwise */
  int32_t causal;          /* 0 or 1 */
  int32_t lse_base2;       /* 1: lse is log2 of the sum, not ln */
  int64_t window_left;     /* keys back from the same position, inclusive; -1: unbounded */
  int64_t window_right;    /* keys ahead, inclusive; -1: unbounded */
  int32_t batch_invariant; /* 1: a row's bits depend on its own sequence alone. Engines that do not promise it refuse */
  int32_t reserved[7];
} rapt_problem;

RAPT_API void rapt_problem_init(rapt_problem* problem, size_t struct_size); /* every default above, windows -1 */
static inline rapt_problem rapt_problem_default(void) {
  rapt_problem problem;
  rapt_problem_init(&problem, sizeof problem);
  return problem;
}
#define RAPT_PROBLEM_INIT rapt_problem_default()

/* ---- The context: threads and settings -------------------------------------------------------------------------- */

typedef struct rapt_context rapt_context;

/* Your own threads. parallel() must call body(state, t) once for each t in [0, threads) and return when all are done;
 * they may run at once, one after another, or nested in other work. It may be called from several threads at once. */
typedef struct rapt_executor {
  void* user;
  int32_t threads; /* >= 1 */
  int32_t reserved;
  void (*parallel)(void* user, int32_t threads, void (*body)(void* state, int32_t thread), void* state);
} rapt_executor;

typedef struct rapt_context_options {
  size_t struct_size;
  int32_t threads; /* of the CPU engines, the caller's among them. 0: RAPT_THREADS, else one a core this process may use */
  int32_t reserved;
  const char* max_isa;    /* "scalar", "sse4", "avx2", "avx512", "avx512_bf16", "neon": none above it. NULL: RAPT_MAX_ISA or the best */
  rapt_executor executor; /* used instead of own threads when its parallel is set */
  const char* arch;       /* whose GPU kernels to plan with: "sm_80" (and newer), "sm_90a". NULL: the device's, else the newest */
} rapt_context_options;
#define RAPT_CONTEXT_OPTIONS_INIT \
  { sizeof(rapt_context_options), 0, 0, NULL, {NULL, 0, 0, NULL}, NULL }

/* options may be NULL. Its threads sleep when idle. Contexts share nothing; one may be used by many threads at once. */
RAPT_API rapt_status rapt_context_create(const rapt_context_options* options, rapt_context** context);
RAPT_API void rapt_context_destroy(rapt_context* context); /* NULL is fine. After its plans */
RAPT_API int32_t rapt_context_threads(const rapt_context* context);
RAPT_API const char* rapt_context_isa(const rapt_context* context); /* "avx512", ...: what the cpu engine will use */

/* ---- Plan and run ------------------------------------------------------------------------------------------------ */

typedef struct rapt_plan rapt_plan;

/* Immutable; usable from many threads. Refuses with a status and a sentence; never converts or drops anything silently. */
RAPT_API rapt_status rapt_plan_create(rapt_context* context, const rapt_problem* problem, rapt_plan** plan);
RAPT_API void rapt_plan_destroy(rapt_plan* plan);             /* NULL is fine */
RAPT_API size_t rapt_plan_workspace(const rapt_plan* plan);   /* bytes one run in flight needs; enough for all lengths within the bounds */
RAPT_API const char* rapt_plan_kernel(const rapt_plan* plan); /* "cpu/avx512 ..."; lives as long as the plan */

typedef struct rapt_args {
  size_t struct_size;
  const void *q, *k, *v; /* k and v unused with RAPT_KV_PAGE_POINTERS */
  void* o;
  void* lse; /* required iff problem.lse is present; likewise the next four */
  const void *mask, *bias, *alibi, *sinks;
  const int32_t* seqlens_q;        /* [batch] or NULL = all seqlen_q. Rows past a length are neither read nor written. RAPT_Q_DENSE only */
  const int32_t* seqlens_kv;       /* [batch]; may be NULL with RAPT_KV_DENSE, and with PAGE_LIST if kv_last_page_len is given */
  const int32_t* cu_seqlens_q;     /* [batch + 1], from 0, not decreasing, the last <= total_q. RAPT_Q_RAGGED */
  const int32_t* cu_seqlens_kv;    /* [batch + 1], likewise. RAPT_KV_RAGGED */
  const int32_t* block_table;      /* [batch, table_stride]. RAPT_KV_BLOCK_TABLE. Entries that no visible key needs are never used */
  const int32_t* kv_indptr;        /* [batch + 1]. RAPT_KV_PAGE_LIST */
  const int32_t* kv_indices;       /* [kv_indptr[batch]] */
  const int32_t* kv_last_page_len; /* [batch] */
  const void* const* k_pages;      /* [batch, table_stride]. RAPT_KV_PAGE_POINTERS */
  const void* const* v_pages;
} rapt_args;
static inline rapt_args rapt_args_default(void) {
#ifdef __cplusplus
  rapt_args args = {};
#else
  rapt_args args = {0};
#endif
  args.struct_size = sizeof args;
  return args;
}
#define RAPT_ARGS_INIT rapt_args_default()

/* Computes o and lse. Allocates nothing, creates no thread. The cpu engines return when done; cuda launches on `stream` and
 * returns; emulated runs cuda's kernels on copies of the host's memory and answers RAPT_INTERNAL with what it found: races and the like.
 * workspace: 64-byte aligned (256 on cuda), any content, one per run in flight; NULL if the plan needs none. Same call, same bits. o and
 * lse must not overlap inputs. RAPT_BAD_INDEX for a page index: computed as if masked; for a length or offset on the host: nothing written.
 * cuda, gone before a kernel reads them, answers RAPT_OK: pages out of range or NULL are hidden, lengths count as the nearest in range. */
RAPT_API rapt_status rapt_run(const rapt_plan* plan, const rapt_args* args, void* workspace, size_t workspace_bytes, void* stream);

/* Writes up to `capacity` bytes, always NUL-terminated, of a text that names the kernel chosen and why the others were not, tiles,
 * splits and workspace; returns the length it wants. Works for problems that every engine refuses. */
RAPT_API size_t rapt_explain(rapt_context* context, const rapt_problem* problem, char* text, size_t capacity);

/* ---- Merging partial results -------------------------------------------------------------------------------------- */

typedef struct rapt_partial {
  rapt_tensor o;   /* f32, f16 or bf16 [batch, heads_q, seqlen_q, head_dim_v] */
  rapt_tensor lse; /* f32 [batch, heads_q, seqlen_q, 1], natural logarithm */
  void* o_data;
  void* lse_data; /* may be NULL in the result */
} rapt_partial;

/* o = sum_p exp(lse_p - lse) o_p,  lse = ln sum_p exp(lse_p), in f32 or wider: attention over the union of disjoint key sets.
 * (0, -inf) is the identity. The result may be one of the parts. A sink belongs in exactly one part. All pointers are the host's: the call
 * returns when done; or all are a CUDA device's or managed: it launches on `stream` and returns, and takes at most 48 parts. */
RAPT_API rapt_status rapt_merge(rapt_context* context, const rapt_partial* parts, int32_t count, const rapt_partial* result, void* stream);

/* ---- The judge: exact answers, slowly, in f64 on the host ----------------------------------------------------------- */

enum {                            /* scores at the four stages that ONNX's Attention names (qk_matmul_output_mode of opset 24) */
       RAPT_STAGE_SCALED = 0,     /* scale * q.k, no mask */
       RAPT_STAGE_SOFTCAPPED = 1, /* after softcap */
       RAPT_STAGE_MASKED = 2,     /* after bias, alibi and mask: -inf where not visible */
       RAPT_STAGE_WEIGHTS = 3     /* the attention map P: rows sum to 1, or to less with a sink; 0 where not visible */
};
/* map: f64 [batch, heads_q, max_seqlen_q, max_seqlen_kv] without gaps; 0 past a sequence's lengths. o and lse may be absent. */
RAPT_API rapt_status rapt_map(rapt_context* context, const rapt_problem* problem, const rapt_args* args, int32_t stage, double* map);

/* How far a correct engine may be from the exact answer, element by element, for these inputs: bound_o f64 without gaps in o's shape,
 * bound_lse f64 in lse's shape (may be NULL). Source: the condition of softmax and of the two sums, with u = 2^-24, 2^-11 or 2^-8 of
 * o's type, A = sum_j p_j |v_j|, B = |scale| max_j sum_d |q_d k_d|, F = 8 u32 (4 + B) A:
 *   f32: F    f16, bf16: 2 (u A + eta sum_j |v_j| / l + eta) + F, eta = 2^-25 for f16    lse: 4 u32 (4 + B + |lse|)      u32 = 2^-24
 * F also has what numbers below 2^-126 lose: (sum_j |v_j| / l) 2^-126 for weights that vanish, (1 + keys / l) 2^-149 for subnormal sums.
 * cuda and emulated weigh V in q's type: if problem.engine is, or AUTO picks, one, f32 o of 16-bit q has the bound of q's type. */
RAPT_API rapt_status rapt_error_bound(rapt_context* context, const rapt_problem* problem, const rapt_args* args, double* bound_o,
                                      double* bound_lse);

/* ---- What is inside -------------------------------------------------------------------------------------------------- */

typedef struct rapt_variant {
  size_t struct_size;
  const char* engine;      /* "cpu" */
  const char* name;        /* "avx512" */
  const char* types;       /* "f32 f16 bf16" */
  const char* head_dims;   /* "any" */
  const char* features;    /* space-separated: "causal window mask bias alibi softcap sinks lse ragged paged gqa ..." */
  const char* unavailable; /* "" if it can run here, else the reason */
  const char* arch;        /* "sm_80" (and newer), "sm_90a"; "" for kernels of the host */
} rapt_variant;
/* The table of compiled kernels, one row each: fills *variant and returns 1, or returns 0 past the end. */
RAPT_API int32_t rapt_variant_at(int32_t index, rapt_variant* variant);

#ifdef __cplusplus
} /* extern "C" */
#endif
#endif /* RAPT_RAPT_H */
