#include "core/way.hpp"

namespace tunnelkeyd::core {

std::string describe(const certificate& shown) {
    return shown.subject + ", issued by " + shown.issuer + ", valid from " + to_date(shown.not_before) +
           " until " + to_date(shown.not_after);
}

}  // namespace tunnelkeyd::core
