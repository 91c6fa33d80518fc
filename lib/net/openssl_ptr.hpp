#pragma once

#include <memory>

namespace tunnelkeyd::net {

/// For std::unique_ptr: an object of OpenSSL's, freed by its own function.
template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

template <class T, auto Free>
using openssl_ptr = std::unique_ptr<T, freed_by<Free>>;

}  // namespace tunnelkeyd::net
