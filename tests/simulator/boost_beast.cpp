// The one compiled copy of Beast.
#include <boost/beast/src.hpp>
