#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

// Every block that C++ code gives back is overwritten first. core::secret wipes what it holds, but JSON
// parsers, HTTP buffers and the like copy bytes into blocks of their own, and those must not lie around in
// memory, or in a core dump, either. Costs a few nanoseconds a block. OpenSSL cleans its own key material.
#ifndef TUNNELKEYD_SANITIZED  // the sanitizers bring allocation functions of their own

namespace {

void wipe_and_free(void* block) noexcept {
    if (block == nullptr)
        return;
    ::explicit_bzero(block, ::malloc_usable_size(block));
    std::free(block);
}

}  // namespace

void operator delete(void* block) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(block);
}

#endif
