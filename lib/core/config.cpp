#include "core/config.hpp"

namespace tunnelkeyd::core {

std::string describe(const secret_reference& reference) {
    switch (reference.from) {
    case secret_reference::source::file:
        return "file " + reference.value;
    case secret_reference::source::credential:
        return "credential " + reference.value;
    case secret_reference::source::env:
        return "environment variable " + reference.value;
    }
    return {};
}

}  // namespace tunnelkeyd::core
