#pragma once

#include <string.h>

#include <cstddef>
#include <memory>
#include <string>

namespace tunnelkeyd::net {

/// Overwrites memory before it gives it back: for buffers that hold credentials, keys and replies.
template <class T>
struct wiping_allocator {
    using value_type = T;

    wiping_allocator() = default;
    template <class U>
    wiping_allocator(const wiping_allocator<U>&) noexcept {}

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* memory, std::size_t count) noexcept {
        ::explicit_bzero(static_cast<void*>(memory), count * sizeof(T));
        std::allocator<T>().deallocate(memory, count);
    }
    friend bool operator==(const wiping_allocator&, const wiping_allocator&) noexcept { return true; }
};

/// Text of 16 characters or more is wiped; shorter text lies in the object itself, which is not.
using wiping_string = std::basic_string<char, std::char_traits<char>, wiping_allocator<char>>;

}  // namespace tunnelkeyd::net
