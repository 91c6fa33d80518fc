#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#ifndef TUNNELKEYD_SANITIZED  // they watch freed memory themselves

TEST_CASE("a block is overwritten when it is freed") {
    constexpr std::size_t size = 5000;
    constexpr std::size_t links = 32;  // the allocator's own, at the beginning of a free block
    void* block = ::operator new(size);
    std::memset(block, 'k', size);
    volatile auto address = reinterpret_cast<std::uintptr_t>(block);
    ::operator delete(block);
    const auto* freed = reinterpret_cast<const char*>(address);
    CHECK(std::string_view(freed, size).substr(links).find('k') == std::string_view::npos);
}

#endif
