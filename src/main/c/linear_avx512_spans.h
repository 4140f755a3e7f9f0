/*
 * Prompt rows and quantized weights as int8 with one scale for a span of SPAN columns, for processors whose dot products of int8
 * share their ports with whatever brings scales into a sum: so it comes in once for 32 dot products. Activations are quantized
 * so; weights are made so from their quant blocks while they are unpacked, once for all rows.
 *
 * In a span of a row of weights, a weight is unit * q, where q is in [-128, 127] and unit as small as the largest quant block
 * allows: there the weights of Q8_0, Q6_K and Q4_0 stay what they are, elsewhere they move by half a unit at most.
 */

enum { SPAN = 128, OCTET = 8 };

/* A span of a pair of strips: four neighbouring columns of 16 rows in each vector, 128 added to each. */
struct span {
    uint8_t q[2][SPAN / 4][64];
    float unit[2][16];
};

/*
 * A span of an octet, which is eight rows. Behind it come its columns, 32 at a time: int8_t q[SPAN / 32][OCTET][32], shorter in
 * the last span of a row. Rows that are not there are left as they were.
 */
struct octet_span {
    float scale[OCTET];
    int32_t minus_128[OCTET]; /* -128 * sum of q */
};

INLINE size_t span_bytes(int groups) {
    return sizeof(struct octet_span) + (size_t) groups * OCTET * 32;
}

/* Groups of 32 columns of the span that begins at a column. */
INLINE int span_groups(int columns, int column) {
    return columns - column < SPAN ? (columns - column) / 32 : SPAN / 32;
}

/* Bytes of an octet, up to a column. */
INLINE size_t octet_bytes(int columns) {
    return columns / SPAN * span_bytes(SPAN / 32) + (columns % SPAN ? span_bytes(columns % SPAN / 32) : 0);
}

/* See struct multiplier. */
size_t NAME(tiled_bytes)(int columns) {
    return octet_bytes(columns) / OCTET;
}

/* Row `row` of an octet, one span of it. */
INLINE void quantize_span(const float *x, int groups, int row, uint8_t *out) {
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    __m512i largest = _mm512_setzero_si512();
    for (int i = 0; i < 2 * groups; i++) {
        largest = _mm512_max_epu32(largest, _mm512_and_si512(_mm512_loadu_si512(x + 16 * i), magnitude));
    }
    union { uint32_t bits; float value; } amax = {_mm512_reduce_max_epu32(largest)};
    int zero = amax.value < 0x1p-100f;
    __m512 inverse = _mm512_set1_ps(zero ? 0 : 127 / amax.value);
    __m512i sum = _mm512_setzero_si512();
    int8_t *to = (int8_t *) out + sizeof(struct octet_span) + 32 * row;
    for (int i = 0; i < 2 * groups; i++) {
        __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + 16 * i), inverse));
        _mm_storeu_si128((__m128i *) (to + i / 2 * OCTET * 32 + i % 2 * 16), _mm512_cvtepi32_epi8(q));
        sum = _mm512_add_epi32(sum, q);
    }
    struct octet_span *span = (struct octet_span *) out;
    span->scale[row] = zero ? 0 : amax.value / 127;
    span->minus_128[row] = -128 * _mm512_reduce_add_epi32(sum);
}

/* See struct multiplier: octets lie one behind the other. */
void NAME(tile_rows)(const float *in, int columns, int rows, uint8_t *out) {
    for (int row = 0; row < rows; row++) {
        uint8_t *to = out + row / OCTET * octet_bytes(columns);
        for (int column = 0; column < columns; column += SPAN) {
            quantize_span(in + (size_t) row * columns + column, span_groups(columns, column), row % OCTET, to);
            to += span_bytes(SPAN / 32);
        }
    }
}

/* What turns the numbers of a quant block into weights: scale * (q - middle) + offset. */
struct factors {
    __m512 scale[2], offset; /* a scale for columns 0 to 15 of 32, and one for 16 to 31 */
};

INLINE float middle_of(int format) {
    return format == Q8_0 ? 128 : format == Q6_K ? 32 : format == Q5_K ? 16 : 8;
}

INLINE struct factors factors_of(const int format, const uint8_t *scales, int group) {
    struct factors f = {.offset = _mm512_setzero_ps()};
    if (format == Q8_0 || format == Q4_0) {
        f.scale[0] = f.scale[1] = halves(scales + 32 * group);
    } else if (format == Q6_K) {
        const __m128i *s = (const __m128i *) (scales + 32 * group);
        __m512 d = halves(scales + 256);
        f.scale[0] = _mm512_mul_ps(d, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(s))));
        f.scale[1] = _mm512_mul_ps(d, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(s + 1))));
    } else {
        __m512 scale, minimum;
        scales_k(scales, group, &scale, &minimum);
        f.scale[0] = f.scale[1] = _mm512_mul_ps(halves(scales + 192), scale);
        f.offset = _mm512_fnmadd_ps(halves(scales + 224), minimum,
                                    _mm512_mul_ps(f.scale[0], _mm512_set1_ps(middle_of(format))));
    }
    return f;
}

/*
 * The unit of a span. Without offsets it has the sign of the largest scale, whose quant blocks then keep their weights. What is
 * not finite makes it so too.
 */
INLINE __m512 unit_of(const int format, const struct factors *f, int groups) {
    const __m512 middle = _mm512_set1_ps(middle_of(format));
    const int halves = format == Q6_K ? 2 : 1;
    __m512 largest = _mm512_setzero_ps(), unit = _mm512_setzero_ps(), strange = _mm512_setzero_ps();
    for (int group = 0; group < groups; group++, f++) {
        for (int half = 0; half < halves; half++) {
            __m512 reach = _mm512_mul_ps(f->scale[half], middle), size = _mm512_abs_ps(reach);
            strange = _mm512_fmadd_ps(_mm512_add_ps(reach, f->offset), _mm512_setzero_ps(), strange);
            if (format == Q4_K || format == Q5_K) {
                size = _mm512_max_ps(size, _mm512_abs_ps(_mm512_sub_ps(f->offset, reach)));
                size = _mm512_max_ps(size, _mm512_abs_ps(_mm512_add_ps(f->offset, _mm512_sub_ps(reach, f->scale[half]))));
                reach = size;
            }
            __mmask16 larger = _mm512_cmp_ps_mask(size, largest, _CMP_GT_OQ);
            largest = _mm512_mask_mov_ps(largest, larger, size);
            unit = _mm512_mask_mov_ps(unit, larger, reach);
        }
    }
    const float steps = format == Q4_K || format == Q5_K ? 127 : 128;
    return _mm512_add_ps(_mm512_div_ps(unit, _mm512_set1_ps(steps)), strange);
}

/*
 * Rounded to 16 bits, once in each half of each lane. Not quite -32768, so that the product of two of these stays below what a
 * number of a span can be.
 */
INLINE __m512i twice(__m512 x) {
    __m512i word = _mm512_cvtps_epi32(_mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(32767)), _mm512_set1_ps(-32512)));
    return _mm512_mask_mov_epi16(_mm512_slli_epi32(word, 16), 0x55555555, word);
}

/*
 * Numbers of a span, 128 added, from the even and the odd ones of a quant block: q - middle as a fraction of 16 bits, times a
 * fraction, plus an offset in 256ths that brings the 128 and rounds.
 */
INLINE __m512i in_units(__m512i even, __m512i odd, __m512i ratio, __m512i offset) {
    even = _mm512_srli_epi16(_mm512_add_epi16(_mm512_mulhrs_epi16(even, ratio), offset), 8);
    odd = _mm512_add_epi16(_mm512_mulhrs_epi16(odd, ratio), offset);
    /* odd & upper | even */
    return _mm512_ternarylogic_epi32(odd, _mm512_set1_epi16((short) 0xff00), even, 0xea);
}

/* Vectors j (low) and j + 4 (high) of 32 columns. */
INLINE void unpack_in_units(const int format, const uint8_t *quants, const uint8_t *bits, int j, const __m512i ratio[2],
                            __m512i offset, __m512i *low, __m512i *high) {
    if (format == Q4_0 || format == Q4_K) {
        const __m512i fourth = _mm512_set1_epi16((short) 0xf000);
        __m512i both = _mm512_xor_si512(_mm512_load_si512((const __m512i *) quants + j), _mm512_set1_epi8((char) 0x88));
        *low = in_units(_mm512_slli_epi16(both, 12), _mm512_and_si512(_mm512_slli_epi16(both, 4), fourth), ratio[0], offset);
        *high = in_units(_mm512_and_si512(_mm512_slli_epi16(both, 8), fourth), _mm512_and_si512(both, fourth), ratio[1], offset);
        return;
    }
    const int shift = format == Q8_0 ? 0 : format == Q6_K ? 2 : 3;
    const __m512i sign = _mm512_set1_epi8((char) 0x80), upper = _mm512_set1_epi16((short) 0xff00);
    unpack(format, quants, bits, j, low, high);
    *low = _mm512_xor_si512(_mm512_slli_epi16(*low, shift), sign);
    *high = _mm512_xor_si512(_mm512_slli_epi16(*high, shift), sign);
    *low = in_units(_mm512_slli_epi16(*low, 8), _mm512_and_si512(*low, upper), ratio[0], offset);
    *high = in_units(_mm512_slli_epi16(*high, 8), _mm512_and_si512(*high, upper), ratio[1], offset);
}

/* The span of strip s of a pair that begins at group `first` of a panel of `in_panel` groups. */
INLINE void unpack_span(const int format, const uint8_t *panel, int in_panel, int first, int groups, int s,
                        struct span *to) {
    const int quant_bytes = format == Q8_0 ? 512 : 256;
    const int bit_bytes = format == Q5_K ? 64 : format == Q6_K ? 128 : 0;
    const uint8_t *bits = panel + quant_bytes * in_panel, *scales = bits + bit_bytes * in_panel;
    struct factors f[SPAN / 32];
    for (int group = 0; group < groups; group++) f[group] = factors_of(format, scales, first + group);
    __m512 unit = unit_of(format, f, groups);
    __mmask16 some = _mm512_cmp_ps_mask(unit, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    __m512 inverse = _mm512_maskz_div_ps(some, _mm512_set1_ps(256), unit);
    __m512 inverse_ratio = _mm512_mul_ps(inverse, _mm512_set1_ps(middle_of(format)));
    _mm512_store_ps(to->unit[s], unit);
    for (int group = 0; group < groups; group++) {
        const uint8_t *q = panel + quant_bytes * (first + group), *b = bits + bit_bytes * (first + group);
        __m512i ratio[2];
        ratio[0] = ratio[1] = twice(_mm512_mul_ps(f[group].scale[0], inverse_ratio));
        if (format == Q6_K) ratio[1] = twice(_mm512_mul_ps(f[group].scale[1], inverse_ratio));
        __m512i offset = _mm512_set1_epi16((short) 0x8080);
        if (format == Q4_K || format == Q5_K) {
            offset = _mm512_add_epi16(offset, twice(_mm512_mul_ps(f[group].offset, inverse)));
        }
        UNROLL for (int j = 0; j < 4; j++) {
            __m512i low, high;
            unpack_in_units(format, q, b, j, ratio, offset, &low, &high);
            _mm512_store_si512(to->q[s][8 * group + j], low);
            _mm512_store_si512(to->q[s][8 * group + j + 4], high);
        }
    }
}

/*
 * `columns` columns of strip s of a pair, from a column on that begins a panel; `panel` lies there. Meanwhile what will be
 * unpacked next is fetched.
 */
INLINE void unpack_depth(const int format, const uint8_t *panel, const uint8_t *next, int columns, int s, struct span *to) {
    const int lines = (int) (panel_bytes(format, 8) / (64 * PANEL / SPAN));
    for (int column = 0; column < columns; column += SPAN, to++, next += 64 * lines) {
        for (int line = 0; line < lines; line++) _mm_prefetch((const char *) next + 64 * line, _MM_HINT_T1);
        int in_panel = columns - column / PANEL * PANEL < PANEL ? columns % PANEL / 32 : PANEL / 32;
        unpack_span(format, panel + column / PANEL * panel_bytes(format, 8), in_panel, column % PANEL / 32,
                    span_groups(columns, column), s, to);
    }
}

static void NAME(unpack_depth_of)(int format, const uint8_t *panel, const uint8_t *next, int columns, int s,
                                  struct span *to) {
    switch (format) {
        case Q8_0: unpack_depth(Q8_0, panel, next, columns, s, to); break;
        case Q4_0: unpack_depth(Q4_0, panel, next, columns, s, to); break;
        case Q4_K: unpack_depth(Q4_K, panel, next, columns, s, to); break;
        case Q5_K: unpack_depth(Q5_K, panel, next, columns, s, to); break;
        default: unpack_depth(Q6_K, panel, next, columns, s, to);
    }
}

