// SPDX-License-Identifier: Apache-2.0
#include "bindings/frames.h"

namespace calltide::bindings {

__thread CallFrame* t_aside;

int countArguments(PyCodeObject* code)
{
    return code->co_argcount + code->co_kwonlyargcount + (code->co_flags & CO_VARARGS ? 1 : 0) + (code->co_flags & CO_VARKEYWORDS ? 1 : 0);
}

#if PY_VERSION_HEX >= 0x030C0000

PyObject* argumentAt(PyCodeObject* code, CallFrame* frame, int index)
{
    if (!frame || index >= countArguments(code))
        return nullptr;
    PyObject* names = PyCode_GetVarnames(code);
    PyObject* name = names && index < PyTuple_GET_SIZE(names) ? PyTuple_GET_ITEM(names, index) : nullptr;
    PyObject* value = name ? PyFrame_GetVar(frame, name) : nullptr;
    if (!value)
        PyErr_Clear();
    Py_XDECREF(names);
    return value;
}

PyCodeObject* codeOfCaller(CallFrame* frame)
{
    PyFrameObject* caller = frame ? PyFrame_GetBack(frame) : nullptr;
    PyCodeObject* code = caller ? PyFrame_GetCode(caller) : nullptr;
    Py_XDECREF(caller);
    return code;
}

int lineOfCaller(CallFrame* frame)
{
    PyFrameObject* caller = frame ? PyFrame_GetBack(frame) : nullptr;
    const int line = caller ? PyFrame_GetLineNumber(caller) : 0;
    Py_XDECREF(caller);
    return line;
}

#elif PY_VERSION_HEX >= 0x030B0000

PyObject* argumentAt(PyCodeObject* code, CallFrame* frame, int index)
{
    if (!frame || index >= countArguments(code))
        return nullptr;
    PyObject* value = frame->localsplus[index];
    // Once the frame runs, what an inner function uses is in a cell.
    const auto kind = uint8_t(PyBytes_AS_STRING(code->co_localspluskinds)[index]);
    constexpr uint8_t kCell = 0x40;
    if (value && kind & kCell && PyCell_Check(value) && _PyInterpreterFrame_LASTI(frame) >= code->_co_firsttraceable)
        value = PyCell_GET(value);
    Py_XINCREF(value);
    return value;
}

static _PyInterpreterFrame* callerOf(CallFrame* frame)
{
    _PyInterpreterFrame* newest = PyThreadState_Get()->cframe->current_frame;
    _PyInterpreterFrame* caller = newest == frame && frame ? frame->previous : newest;
    while (caller && _PyFrame_IsIncomplete(caller))
        caller = caller->previous;
    return caller;
}

PyCodeObject* codeOfCaller(CallFrame* frame)
{
    const _PyInterpreterFrame* caller = callerOf(frame);
    PyCodeObject* code = caller ? caller->f_code : nullptr;
    Py_XINCREF(code);
    return code;
}

int lineOfCaller(CallFrame* frame)
{
    _PyInterpreterFrame* caller = callerOf(frame);
    return caller ? PyCode_Addr2Line(caller->f_code, _PyInterpreterFrame_LASTI(caller) * int(sizeof(_Py_CODEUNIT))) : 0;
}

#else

PyObject* argumentAt(PyCodeObject* code, CallFrame* frame, int index)
{
    if (!frame || index >= countArguments(code))
        return nullptr;
    PyObject* value = frame->f_localsplus[index];
    // What an inner function uses is in a cell from the beginning.
    if (!value && code->co_cell2arg)
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_cellvars) && !value; ++i)
            if (code->co_cell2arg[i] == index)
                value = PyCell_GET(frame->f_localsplus[code->co_nlocals + i]);
    Py_XINCREF(value);
    return value;
}

PyCodeObject* codeOfCaller(CallFrame* frame)
{
    PyCodeObject* code = frame && frame->f_back ? frame->f_back->f_code : nullptr;
    Py_XINCREF(code);
    return code;
}

int lineOfCaller(CallFrame* frame) { return frame && frame->f_back ? PyFrame_GetLineNumber(frame->f_back) : 0; }

#endif

} // namespace calltide::bindings
