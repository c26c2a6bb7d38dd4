// SPDX-License-Identifier: Apache-2.0
#include "bindings/names.h"
#include <cstring>

namespace calltide::bindings {

using format::FunctionKind;

namespace {

std::string typeName(PyTypeObject* type) { return type->tp_name ? type->tp_name : "?"; }

// Static types say "module.name" in tp_name; classes made by a class statement only their name.
std::string moduleOfType(PyTypeObject* type)
{
    const char* dot = type->tp_name ? std::strrchr(type->tp_name, '.') : nullptr;
    if (dot)
        return std::string(type->tp_name, size_t(dot - type->tp_name));
    if (type->tp_dict)
        return text(PyDict_GetItemString(type->tp_dict, "__module__"));
    return {};
}

// The class among `type` and its bases in which the class method stands.
PyTypeObject* definerOf(const PyMethodDef* definition, PyTypeObject* type)
{
    for (Py_ssize_t i = 0; type->tp_mro && i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        auto* base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(type->tp_mro, i));
#if PY_VERSION_HEX >= 0x030C0000
        PyObject* dict = PyType_GetDict(base);
#else
        PyObject* dict = base->tp_dict;
        Py_XINCREF(dict);
#endif
        PyObject* item = dict ? PyDict_GetItemString(dict, definition->ml_name) : nullptr;
        const bool here = item && Py_TYPE(item) == &PyClassMethodDescr_Type && reinterpret_cast<PyMethodDescrObject*>(item)->d_method == definition;
        Py_XDECREF(dict);
        if (here)
            return base;
    }
    return type;
}

// The class that a C function is named after: what it is bound to is an object of it, or the class itself.
PyTypeObject* ownerOf(const PyCFunctionObject* f)
{
    auto* itself = reinterpret_cast<PyTypeObject*>(f->m_self);
    if (PyType_Check(f->m_self) && f->m_ml->ml_flags & METH_CLASS)
        return definerOf(f->m_ml, itself);
    if (PyType_Check(f->m_self) && (f->m_ml == g_newDefinition || f->m_ml->ml_flags & METH_STATIC))
        return itself;
    return Py_TYPE(f->m_self);
}

Names nameCFunction(PyObject* callable)
{
    const auto* f = reinterpret_cast<PyCFunctionObject*>(callable);
    Names n;
    n.name = f->m_ml->ml_name ? f->m_ml->ml_name : "?";
    std::string owner;
    if (f->m_self && !PyModule_Check(f->m_self) && !PyCapsule_CheckExact(f->m_self)) {
        owner = typeName(ownerOf(f));
        n.module = moduleOfType(ownerOf(f));
    } else {
        if (f->m_module)
            owner = PyModule_Check(f->m_module) && PyModule_GetName(f->m_module) ? PyModule_GetName(f->m_module) : text(f->m_module);
        if (owner.empty() && f->m_self && PyModule_Check(f->m_self) && PyModule_GetName(f->m_self))
            owner = PyModule_GetName(f->m_self);
        PyErr_Clear();
        n.module = owner;
    }
    n.qualified = owner.empty() ? n.name : owner + "." + n.name;
    return n;
}

Names nameDescriptor(PyObject* callable, PyObject* self)
{
    const auto* d = reinterpret_cast<PyDescrObject*>(callable);
    Names n;
    n.name = text(d->d_name);
    // Called on something else it will raise; then it is only the class's own.
    PyTypeObject* type = self && PyType_IsSubtype(Py_TYPE(self), d->d_type) ? Py_TYPE(self) : d->d_type;
    n.qualified = typeName(type) + "." + n.name;
    n.module = moduleOfType(type);
    return n;
}

} // namespace

Names nameCallable(PyObject* callable, PyObject* self)
{
    if (Py_TYPE(callable) == &PyMethod_Type)
        callable = PyMethod_GET_FUNCTION(callable);
    PyTypeObject* type = Py_TYPE(callable);
    if (PyCFunction_Check(callable))
        return nameCFunction(callable);
    if (type == &PyMethodDescr_Type)
        return nameDescriptor(callable, self);
    if (type == &PyClassMethodDescr_Type || type == &PyWrapperDescr_Type)
        return nameDescriptor(callable, nullptr);
    if (type == g_methodWrapper)
        return nameDescriptor(reinterpret_cast<MethodWrapper*>(callable)->descriptor, nullptr);
    Names n;
    if (PyType_Check(callable)) {
        auto* called = reinterpret_cast<PyTypeObject*>(callable);
        n.kind = FunctionKind::Type;
        n.module = moduleOfType(called);
        n.qualified = called->tp_flags & Py_TPFLAGS_HEAPTYPE ? text(reinterpret_cast<PyHeapTypeObject*>(called)->ht_qualname)
                                                             : typeName(called);
        const size_t dot = n.qualified.rfind('.');
        n.name = dot == std::string::npos ? n.qualified : n.qualified.substr(dot + 1);
        return n;
    }
    n.name = "__call__";
    n.module = moduleOfType(type);
    n.qualified = typeName(type) + ".__call__";
    return n;
}

} // namespace calltide::bindings
